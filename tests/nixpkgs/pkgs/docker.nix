# dockerTools: images as tars that `docker load` takes, laid out as nixpkgs does it (a layer for each store path, and one of links
# and of what the commands make). Arguments are checked against nixpkgs' own signature.
self:
let
  lib = import ../lib;
  inherit (self.standIn) check;
  inherit (check) types checkArgs;

  buildLayeredImage =
    given:
    let
      args = checkArgs {
        function = "buildLayeredImage";
        required.name = types.string;
        optional = {
          tag = types.nullOr types.string;
          fromImage = types.nullOr types.source;
          contents = types.either types.packages types.package;
          config = types.attrsOf types.any;
          architecture = types.string;
          created = types.string;
          mtime = types.string;
          uid = types.int;
          gid = types.int;
          uname = types.string;
          gname = types.string;
          maxLayers = types.int;
          extraCommands = types.string;
          fakeRootCommands = types.string;
          enableFakechroot = types.bool;
          includeStorePaths = types.bool;
          includeNixDB = types.bool;
          compressor = types.oneOf [
            "gz"
            "none"
            "zstd"
          ];
          passthru = types.attrs;
          meta = types.meta;
        };
      } given;
      contents = lib.toList (args.contents or [ ]);
      config = self.writeText "config.json" (builtins.toJSON (args.config or { }));
      image =
        self.runCommand "${baseNameOf args.name}.tar.gz"
          {
            root = self.symlinkJoin {
              name = "${baseNameOf args.name}-root";
              paths = contents;
            };
            inherit config;
            exportReferencesGraph = lib.concatLists (
              lib.imap0 (index: path: [
                "closure-${toString index}"
                path
              ]) ([ config ] ++ contents)
            );
            reference = "${args.name}:${if args.tag or null == null then "unknown" else args.tag}";
            architecture =
              args.architecture or (if self.hostPlatform.parsed.cpu.name == "aarch64" then "arm64" else "amd64");
            created = args.created or "1970-01-01T00:00:01Z";
            nativeBuildInputs = [ self.buildPackages.python3 ];
          }
          ''
            cp -a "$root" customised
            chmod -R u+w customised
            (cd customised
            ${args.extraCommands or ""}
            ${args.fakeRootCommands or ""}
            )
            python3 ${./build-image.py} customised
          '';
    in
    image
    // {
      standInCall = {
        function = "buildLayeredImage";
        inherit args;
      };
      imageName = args.name;
      imageTag = args.tag or null;
    };

  fakeNss = lib.makeOverridable (
    {
      extraPasswdLines ? [ ],
      extraGroupLines ? [ ],
    }:
    self.runCommand "fake-nss"
      {
        passwd = lib.concatLines (
          [
            "root:x:0:0:root user:/var/empty:/bin/sh"
          ]
          ++ extraPasswdLines
          ++ [ "nobody:x:65534:65534:nobody:/var/empty:/bin/sh" ]
        );
        group = lib.concatLines ([ "root:x:0:" ] ++ extraGroupLines ++ [ "nobody:x:65534:" ]);
      }
      ''
        mkdir -p $out/etc $out/var/empty
        printf %s "$passwd" > $out/etc/passwd
        printf %s "$group" > $out/etc/group
        echo "hosts: files dns" > $out/etc/nsswitch.conf
      ''
  ) { };
in
{
  inherit fakeNss;
  dockerTools = {
    inherit buildLayeredImage fakeNss;
    caCertificates = self.runCommand "ca-certificates" { } ''
      mkdir -p $out/etc/ssl/certs
      printf '%s\n' "-----BEGIN CERTIFICATE-----" "stand-in" "-----END CERTIFICATE-----" > $out/etc/ssl/certs/ca-bundle.crt
      ln -s ca-bundle.crt $out/etc/ssl/certs/ca-certificates.crt
    '';
  };
}
