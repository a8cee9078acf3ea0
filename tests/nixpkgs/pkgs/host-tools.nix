# The host's programs as store paths: folders of links, so that a builder's PATH holds nothing that was not asked for.
{
  lib,
  host,
  buildPlatform,
}:
let
  # Raw derivations: everything else, stdenv too, is built with these.
  folder =
    name: commands:
    derivation {
      inherit name;
      inherit (buildPlatform) system;
      builder = host.programs.bash;
      args = [
        "-ec"
        # The last command must not be a coreutils program that bash turns into: it closes its output before it ends,
        # Nix takes that for the end of the build and kills it.
        (lib.concatLines ([ "${host.programs.mkdir} -p $out/bin" ] ++ commands ++ [ "exit" ]))
      ];
    }
    // {
      pname = name;
      standInHost = buildPlatform.system;
      meta = { };
    };
  linkTo = name: file: "${host.programs.ln} -s ${file} $out/bin/${name}";

  link =
    name: programs:
    let
      found = present programs;
    in
    folder name (map (program: linkTo program host.programs.${program}) found)
    // {
      absent = lib.subtractLists found programs;
    };

  # The compiler drivers, with what nixpkgs' wrapper does for libraries of the store (see cc-wrapper.sh).
  wrapCompiler =
    name: program:
    lib.concatStringsSep "\n" [
      "{ echo '#!${host.programs.bash}'; echo ${lib.escapeShellArg "compiler=${program}"}"
      "while IFS= read -r line; do printf '%s\\n' \"$line\"; done < ${./cc-wrapper.sh}; } > $out/bin/${name}"
      "${host.programs.chmod} +x $out/bin/${name}"
    ];
  binutils = [
    "ar"
    "as"
    "ld"
    "nm"
    "objcopy"
    "objdump"
    "ranlib"
    "readelf"
    "strip"
  ];
  drivers = [
    "c++"
    "cc"
    "g++"
    "gcc"
  ];
  present = lib.filter (name: host.programs ? ${name});
in
{
  inherit link;
  bash = link "bash-5.2" [
    "bash"
    "sh"
  ];
  coreutils = link "coreutils-9.5" host.coreutils;
  findutils = link "findutils-4.9" [
    "find"
    "xargs"
  ];
  diffutils = link "diffutils-3.10" [
    "cmp"
    "diff"
  ];
  gnused = link "gnused-4.9" [ "sed" ];
  gnugrep = link "gnugrep-3.11" [
    "egrep"
    "fgrep"
    "grep"
  ];
  gawk = link "gawk-5.2" [ "awk" ];
  gnutar = link "gnutar-1.35" [ "tar" ];
  gzip = link "gzip-1.12" [
    "gunzip"
    "gzip"
  ];
  gnumake = link "gnumake-4.3" [ "make" ];
  patch = link "patch-2.7" [ "patch" ];
  xz = link "xz-5.4" [ "xz" ];
  binutils = link "binutils-2.40" binutils;
  cc = folder "gcc-wrapper-12" (
    map (name: linkTo name host.programs.${name}) (present (binutils ++ [ "cpp" ]))
    ++ map (name: wrapCompiler name host.programs.${name}) (present drivers)
  );

  # The compiler for another platform. Without the tools for it, one that can be named, and fails when it is run.
  crossCc =
    platform:
    let
      triple = "aarch64-linux-gnu";
      available = host.cross ? folder && platform.config == "aarch64-unknown-linux-gnu";
      at =
        name:
        if available then
          "${host.cross.folder}/bin/${triple}-${name}"
        else
          "/no-compiler-for-${platform.config}";
    in
    folder "${platform.config}-gcc-wrapper-12" (
      map (name: linkTo "${platform.config}-${name}" (at name)) binutils
      ++ map (name: wrapCompiler "${platform.config}-${name}" (at "gcc")) [
        "cc"
        "gcc"
      ]
    );
}
