# A container image as a tar for `docker load < result`: programs at /bin, files of the project, certificate authorities, an
# account, and /tmp. Nothing in it tells when or where it was built. Its `contract` is the check that looks into that very tar.
#
# contents      packages whose programs are at /bin
# files         files and folders of the project, by their paths in the image
# paths         further paths that must be there
# user          { name, uid, gid }
# date          the time stamp, as a flake's `lastModifiedDate`; without it, the epoch's first second
{ pkgs }:
{
  name,
  tag,
  contents ? [ ],
  files ? { },
  paths ? [ ],
  certificates,
  user,
  entrypoint,
  cmd ? [ ],
  env ? { },
  workDir,
  ports ? [ ],
  labels ? { },
  date ? null,
}:
let
  inherit (pkgs) lib;
  inherit (lib) escapeShellArg;
  base = baseNameOf name;
  finalTag = lib.replaceStrings [ "+" ] [ "-" ] tag;
  part = from: length: builtins.substring from length date;
  created =
    if date == null then
      "1970-01-01T00:00:01Z"
    else
      "${part 0 4}-${part 4 2}-${part 6 2}T${part 8 2}:${part 10 2}:${part 12 2}Z";

  programs = pkgs.buildEnv {
    name = "${base}-programs";
    paths = contents;
    pathsToLink = [ "/bin" ];
  };

  # Each path as a store path of its own, so that nothing else of the project counts.
  copied =
    target: path:
    let
      source = builtins.path {
        name = "image-file";
        inherit path;
      };
    in
    ''
      mkdir -p "$out"${escapeShellArg (dirOf target)}
      cp -rT ${source} "$out"${escapeShellArg target}
      chmod -R u+w "$out"
    '';
  folder = pkgs.runCommand "${base}-files" { } ''
    mkdir -p "$out"
    ${lib.concatStrings (lib.mapAttrsToList copied files)}
  '';

  isRoot = user.uid == 0;
  accounts = pkgs.dockerTools.fakeNss.override (
    lib.optionalAttrs (!isRoot) {
      extraPasswdLines = [
        "${user.name}:x:${toString user.uid}:${toString user.gid}:${user.name}:/tmp:/bin/false"
      ];
      extraGroupLines = [ "${user.name}:x:${toString user.gid}:" ];
    }
  );
  account = "${toString user.uid}:${toString user.gid}";
  authorities.SSL_CERT_FILE = "/etc/ssl/certs/ca-bundle.crt";
  environment = lib.optionalAttrs certificates authorities // env;

  config = {
    Entrypoint = entrypoint;
    Cmd = cmd;
    Env = lib.mapAttrsToList (variable: value: "${variable}=${value}") environment;
    User = account;
    WorkingDir = workDir;
    ExposedPorts = lib.genAttrs ports (_: { });
    Labels = labels;
  };

  image = pkgs.dockerTools.buildLayeredImage {
    inherit name created config;
    tag = finalTag;
    contents =
      lib.optional (contents != [ ]) programs
      ++ lib.optional (files != { }) folder
      ++ lib.optional certificates pkgs.dockerTools.caCertificates
      ++ [ accounts ];
    fakeRootCommands = ''
      mkdir -p tmp .${escapeShellArg workDir}
      chmod 1777 tmp
    '';
  };

  expected = {
    image = "${name}:${finalTag}";
    inherit
      account
      certificates
      created
      paths
      ;
    inherit (config)
      Entrypoint
      Cmd
      Env
      WorkingDir
      ;
    userName = user.name;
    store = builtins.storeDir;
  };
  contract =
    pkgs.runCommand "${base}-contract"
      {
        nativeBuildInputs = [ pkgs.python3 ];
        expected = builtins.toJSON expected;
        passAsFile = [ "expected" ];
      }
      ''
        python3 -I ${./image_contract.py} ${image} "$expectedPath"
        touch "$out"
      '';
in
image // { inherit contract; }
