# The host's programs as store paths: folders of links, so that a builder's PATH holds nothing that was not asked for.
{
  lib,
  host,
  buildPlatform,
}:
let
  # Raw derivations: everything else, stdenv too, is built with these.
  link =
    name: programs:
    let
      found = lib.filter (program: host.programs ? ${program}) programs;
      absent = lib.subtractLists found programs;
      commands = map (
        program: "${host.programs.ln} -s ${host.programs.${program}} $out/bin/${program}"
      ) found;
    in
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
      inherit absent;
      pname = name;
      standInHost = buildPlatform.system;
      meta = { };
    };
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
  binutils = link "binutils-2.40" [
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
  cc = link "gcc-wrapper-12" [
    "ar"
    "as"
    "c++"
    "cc"
    "cpp"
    "g++"
    "gcc"
    "ld"
    "nm"
    "objcopy"
    "objdump"
    "ranlib"
    "readelf"
    "strip"
  ];
}
