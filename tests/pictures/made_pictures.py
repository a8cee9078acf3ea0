"""Pictures for tests: any (hypothesis), hostile ones, small ones, and large ones."""

from random import Random

import networkx as nx
from hypothesis import strategies as st

from flakegen.pictures.model import Colour, Group, Node, Picture, Tone

HOSTILE = (
    '</script><script>document.title="broken"</script>',
    "<!--<script>",
    'quo"te\\',
    "back\\slash\\N\\l",
    "a&lt;b&amp;c",
    "`**bold**`",
    "1. list",
    "- dash",
    "#quot; #35;",
    "end",
    "graph LR; click n0 call alert()",
    "]]>",
    "{{ 7 * 7 }}",
    "line\nbreak\ttab\r",
    "\x00\x1b[31m\x7f",
    "\u202egnirts\u2028",
    "\ud800lone",
    "Grüße 漢字 🦀",
    "__proto__",
    "constructor",
    "%% comment",
    "__under_score__",
    "'apos'",
    "",
    "x" * 300,
)


def hostile_picture() -> Picture:
    """Every hostile text as an id, a label, a group, a detail, a file, an output and a title."""
    groups = tuple(Group(id=f"g{name}", label=name) for name in HOSTILE)
    parents = tuple(
        Node(id=f"crate {name}", label=name, group=f"g{name}", details=(("folder", name),), files=(name,))
        for name in HOSTILE
    )
    nodes = tuple(
        Node(
            id=f"unit {name}",
            label=name,
            group=f"g{name}",
            parent=f"crate {name}",
            details=(("features", name),),
            files=(name,),
            tones={Colour.CHURN: Tone(weight=0.4, text=name)},
        )
        for name in HOSTILE
    )
    edges = tuple((nodes[number + 1].id, nodes[number].id) for number in range(len(nodes) - 1))
    outputs = {f"packages.{name}": (f"unit {name}",) for name in HOSTILE}
    return Picture(
        title=" ".join(HOSTILE[:3]),
        groups=groups,
        nodes=nodes,
        edges=edges,
        parents=parents,
        outputs=outputs,
        colour=Colour.CHURN,
    )


def layered_picture(crates: int, units: int, seed: int = 7) -> Picture:
    """A made-up workspace: most crates are fetched, the others stand in layers; units of a crate need those of others."""
    random = Random(seed)  # noqa: S311  # the same each time
    layers = 6
    members = max(layers, crates // 10)
    fetched = crates - members
    group_of = [0] * fetched + [1 + number * layers // members for number in range(members)]
    parents = tuple(
        Node(
            id=f"crate-{number}",
            label=f"crate-{number}",
            group=f"layer-{group}",
            details=(("version", f"1.{number}.0"),),
            files=(f"data/{number}.sql",) if group else (),
            tones={Colour.LAYER: Tone(weight=group / layers, text=f"layer {group}")},
        )
        for number, group in enumerate(group_of)
    )
    nodes, edges = [], []
    per_crate = max(1, units // crates)
    for number, parent in enumerate(parents):
        for which in range(per_crate):
            name = f"unit-{number}-{which}"
            nodes.append(
                Node(
                    id=name,
                    label=f"{parent.label} lib {which}",
                    group=parent.group,
                    parent=parent.id,
                    tones=parent.tones,
                )
            )
            needed = {random.randrange(number) for _ in range(4)} if number else set()
            edges += [(name, f"unit-{other}-{random.randrange(per_crate)}") for other in sorted(needed)]
    return Picture(
        title="a bank",
        groups=tuple(
            Group(id=f"layer-{each}", label=f"Layer {each}", is_background=not each)
            for each in range(layers + 1)
        ),
        nodes=tuple(nodes),
        edges=tuple(edges),
        parents=parents,
        outputs={"packages.all": (nodes[-1].id,), "packages.first": (nodes[0].id,)},
    )


def small_picture() -> Picture:
    """Two layers, four units of three crates."""
    tone = {Colour.LAYER: Tone(weight=0.0, text="layer 0")}
    top = {
        Colour.LAYER: Tone(weight=1.0, text="layer 1"),
        Colour.CHURN: Tone(weight=0.5, text="in 3 commits"),
    }
    return Picture(
        title="small & fine",
        groups=(Group(id="0", label="Layer 0: fetched", is_background=True), Group(id="1", label="Layer 1")),
        nodes=(
            Node(id="serde-lib", label="serde lib", group="0", parent="serde", tones=tone),
            Node(id="serde-run", label="serde run", group="0", parent="serde", tones=tone),
            Node(id="core-lib", label="core lib", group="1", parent="core", tones=top, files=("m/1.sql",)),
            Node(id="cli-bin", label='cli bin "cli"', group="1", parent="cli", details=(("profile", "dev"),)),
        ),
        edges=(
            ("serde-lib", "serde-run"),
            ("core-lib", "serde-lib"),
            ("cli-bin", "core-lib"),
            ("cli-bin", "serde-lib"),
        ),
        parents=(
            Node(id="cli", label="cli", group="1", details=(("version", "1.0.0"),)),
            Node(id="core", label="core", group="1", tones=top),
            Node(id="serde", label="serde", group="0", tones=tone),
        ),
        outputs={"packages.cli": ("cli-bin",)},
    )


@st.composite
def pictures(draw: st.DrawFn) -> Picture:
    """Any picture: circles, lonely nodes, empty groups, nodes without parents, any texts."""
    group_count = draw(st.integers(1, 4))
    groups = tuple(
        Group(id=f"g{number}", label=draw(st.text(max_size=6)), is_background=draw(st.booleans()))
        for number in range(group_count)
    )
    parent_count = draw(st.integers(0, 4))
    of_parent = [draw(st.integers(0, group_count - 1)) for _ in range(parent_count)]
    parents = tuple(
        Node(id=f"p{number}", label=draw(st.text(max_size=6)), group=f"g{group}")
        for number, group in enumerate(of_parent)
    )
    nodes = []
    for number in range(draw(st.integers(0, 12))):
        parent = draw(st.integers(-1, parent_count - 1))
        group = of_parent[parent] if parent >= 0 else draw(st.integers(0, group_count - 1))
        text = draw(st.text(max_size=8))
        tones = {Colour.LAYER: Tone(weight=draw(st.floats(0, 1)), text=text)} if draw(st.booleans()) else {}
        nodes.append(
            Node(
                id=f"{number} {text}",
                label=text,
                group=f"g{group}",
                parent=f"p{parent}" if parent >= 0 else None,
                tones=tones,
            )
        )
    ids = [node.id for node in nodes]
    pairs = st.tuples(st.sampled_from(ids), st.sampled_from(ids)).filter(lambda pair: pair[0] != pair[1])
    edges = draw(st.lists(pairs, max_size=25, unique=True)) if len(ids) > 1 else []
    return Picture(
        title=draw(st.text(max_size=9)),
        groups=groups,
        nodes=tuple(nodes),
        edges=tuple(edges),
        parents=parents,
    )


def graph_of(picture: Picture) -> nx.DiGraph:
    """The picture as networkx has it: from what needs to what is needed."""
    graph = nx.DiGraph()
    graph.add_nodes_from(node.id for node in picture.nodes)
    graph.add_edges_from(picture.edges)
    return graph
