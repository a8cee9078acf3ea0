# Programs and libraries that specs name. Few of them do anything: one says what it is and which arguments it got.
self:
let
  lib = import ../lib;
  inherit (self.standIn) host;

  # The host's program where there is one, or a script that prints its name and arguments.
  program =
    pname: version:
    {
      mainProgram ? pname,
      programs ? [ mainProgram ],
      links ? false,
    }:
    lib.makeOverridable (
      _:
      self.stdenvNoCC.mkDerivation {
        inherit pname version;
        hostPrograms = lib.optionals links (map (name: host.programs.${name} or "") programs);
        inherit programs;
        buildCommand = ''
          mkdir -p $out/bin
          set -- $hostPrograms
          for name in $programs; do
            if [ -n "''${1:-}" ]; then
              ln -s "$1" "$out/bin/$name"
            else
              printf '#!%s\necho "stand-in %s %s:" "$@"\n' "$SHELL" "$name" ${lib.escapeShellArg version} > "$out/bin/$name"
              chmod +x "$out/bin/$name"
            fi
            shift $(($# > 0))
          done
        '';
        meta = {
          inherit mainProgram;
          description = "Stand-in for ${pname}";
          platforms = lib.platforms.unix;
        };
      }
    ) { };

  # A library has a pkg-config file and nothing to link with.
  library =
    pname: version: modules:
    lib.makeOverridable (
      _:
      self.stdenvNoCC.mkDerivation {
        inherit pname version modules;
        buildCommand = ''
          mkdir -p $out/lib/pkgconfig $out/include
          for module in $modules; do
            printf 'Name: %s\nDescription: stand-in\nVersion: %s\nCflags: -I%s/include\nLibs: -L%s/lib\n' \
              "$module" "$version" "$out" "$out" > "$out/lib/pkgconfig/$module.pc"
          done
        '';
        meta = {
          description = "Stand-in for ${pname}";
        };
      }
    ) { };

  plain = name: version: program name version { };
  linked = name: version: program name version { links = true; };
in
{
  nodejs_20 = program "nodejs" "20.19.0" {
    mainProgram = "node";
    programs = [
      "node"
      "npm"
      "npx"
    ];
  };
  nodejs_22 = program "nodejs" "22.14.0" {
    mainProgram = "node";
    programs = [
      "node"
      "npm"
      "npx"
    ];
  };
  nodejs_24 = program "nodejs" "24.4.0" {
    mainProgram = "node";
    programs = [
      "node"
      "npm"
      "npx"
    ];
  };
  nodejs = self.nodejs_24;
  pnpm_10 = plain "pnpm" "10.12.0";
  pnpm = self.pnpm_10;
  postgresql = program "postgresql" "17.5" {
    mainProgram = "psql";
    programs = [
      "psql"
      "pg_isready"
      "postgres"
    ];
  };
  sqlx-cli = program "sqlx-cli" "0.8.6" {
    mainProgram = "sqlx";
    programs = [
      "sqlx"
      "cargo-sqlx"
    ];
  };
  cargo-nextest = plain "cargo-nextest" "0.9.99";
  cargo-deny = plain "cargo-deny" "0.18.3";
  cargo-audit = plain "cargo-audit" "0.21.2";
  cargo-machete = plain "cargo-machete" "0.8.0";
  bats = plain "bats" "1.12.0";
  shellcheck = plain "shellcheck" "0.10.0";
  just = plain "just" "1.42.0";
  treefmt = plain "treefmt" "2.3.1";
  statix = plain "statix" "0.5.8";
  deadnix = plain "deadnix" "1.3.1";
  curl = linked "curl" "8.14.1";
  cocogitto = program "cocogitto" "6.3.0" { mainProgram = "cog"; };
  ytt = plain "ytt" "0.52.0";
  tilt = plain "tilt" "0.35.0";
  opentofu = program "opentofu" "1.10.0" { mainProgram = "tofu"; };
  buf = plain "buf" "1.55.0";
  jq = linked "jq" "1.8.0";
  git = linked "git" "2.50.0";
  nixfmt = linked "nixfmt" "1.1.0";
  nixfmt-rfc-style = throw "nixfmt-rfc-style is now the same as pkgs.nixfmt";
  pkg-config = linked "pkg-config" "0.29.2";
  protobuf = program "protobuf" "31.1" {
    mainProgram = "protoc";
    links = true;
  };
  cmake = linked "cmake" "3.31.6";
  perl = linked "perl" "5.40.0";
  mold = plain "mold" "2.40.1";

  # A library that can be linked, and that no machine has: for tests of crates that find one with pkg-config.
  libmeasure = self.stdenv.mkDerivation {
    pname = "libmeasure";
    version = "2.5.0";
    cc = "${self.stdenv.cc}/bin/${self.stdenv.cc.targetPrefix}cc";
    sources = ./libmeasure;
    buildCommand = ''
      mkdir -p $out/include $out/lib/pkgconfig
      cp $sources/measure.h $out/include/
      $cc -shared -fPIC -O1 -o $out/lib/libmeasure.so $sources/measure.c
      substitute() { while IFS= read -r line; do echo "''${line//@out@/$out}"; done; }
      substitute < $sources/measure.pc > $out/lib/pkgconfig/measure.pc
    '';
    meta.description = "A small library in C, for tests";
  };

  openssl = library "openssl" "3.5.1" [
    "openssl"
    "libssl"
    "libcrypto"
  ];
  libpq = library "libpq" "17.5" [ "libpq" ];
  zlib = library "zlib" "1.3.1" [ "zlib" ];
  zstd = library "zstd" "1.5.7" [ "libzstd" ];
  sqlite = library "sqlite" "3.50.2" [ "sqlite3" ];
  libgit2 = library "libgit2" "1.9.1" [ "libgit2" ];
  libssh2 = library "libssh2" "1.11.1" [ "libssh2" ];
  libiconv = library "libiconv" "1.17" [ ];
  apple-sdk = library "apple-sdk" "14.4" [ ];
  cacert = library "nss-cacert" "3.113" [ ];
}
