final: _:
let
  inherit (final) lib;
  inherit (final.standIn) check;
  inherit (check) types checkArgs;

  components = [
    "cargo"
    "clippy"
    "llvm-tools"
    "miri"
    "rust-analyzer"
    "rust-docs"
    "rust-src"
    "rust-std"
    "rustc"
    "rustfmt"
  ];

  toolchain =
    version: given:
    let
      args = checkArgs {
        function = "rust-bin override";
        optional = {
          extensions = types.listOf (types.oneOf components);
          targets = types.listOf types.string;
          targetExtensions = types.listOf types.string;
        };
      } given;
    in
    final.symlinkJoin {
      pname = "rust-default";
      inherit version;
      paths = [
        final.rustc
        final.cargo
        final.clippy
        final.rustfmt
      ];
      meta.mainProgram = "rustc";
    }
    // {
      standInCall = {
        function = "rust-bin";
        inherit args version;
      };
      override = changed: toolchain version (args // changed);
      availableComponents = lib.genAttrs components (_: null);
    };

  channel = version: {
    default = toolchain version { };
    minimal = toolchain version { };
    complete = toolchain version { };
  };
in
{
  rust-bin = {
    stable = {
      latest = channel "1.95.0";
      "1.95.0" = channel "1.95.0";
    };
    beta.latest = channel "1.96.0-beta";
    nightly.latest = channel "1.97.0-nightly";
    selectLatestNightlyWith = choose: choose (channel "1.97.0-nightly");
    fromRustupToolchainFile =
      file:
      let
        text = builtins.readFile file;
        parsed =
          if lib.hasSuffix ".toml" (toString file) then
            builtins.fromTOML text
          else
            { toolchain.channel = lib.trim text; };
      in
      final.rust-bin.fromRustupToolchain parsed.toolchain;
    fromRustupToolchain =
      given:
      let
        args = checkArgs {
          function = "rust-bin.fromRustupToolchain";
          optional = {
            channel = types.string;
            path = types.string;
            components = types.listOf (types.oneOf components);
            targets = types.listOf types.string;
            profile = types.oneOf [
              "minimal"
              "default"
              "complete"
            ];
          };
        } given;
      in
      if args ? path then
        throw "rust-bin.fromRustupToolchain: toolchain files with `path` are not supported"
      else
        toolchain (args.channel or "stable") {
          extensions = args.components or [ ];
          targets = args.targets or [ ];
        };
  };
}
