# A flake as the compiler writes it: header, inputs, a function of its inputs.

{
  description = "cookbook";
  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";
    rust-overlay = {
      url = "github:oxalica/rust-overlay";
      inputs.nixpkgs.follows = "nixpkgs";
    };
  };
  outputs =
    {
      self,
      nixpkgs,
      rust-overlay,
      ...
    }@inputs:
    let
      inherit (nixpkgs) lib;
      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "aarch64-darwin"
      ];
      pkgsFor = lib.genAttrs systems (
        system:
        import nixpkgs {
          inherit system;
          overlays = [
            rust-overlay.overlays.default
            self.overlays.default
          ];
          config = { };
        }
      );
      eachSystem = f: lib.genAttrs systems (system: f pkgsFor.${system});
    in
    {
      overlays.default = final: prev: { nodejs = prev.nodejs_24; };

      # what is built
      packages = eachSystem (
        pkgs:
        let
          toolchain = p: p.rust-bin.fromRustupToolchainFile ./rust-toolchain.toml;
          nekoServer = pkgs.buildGoModule (finalAttrs: {
            pname = "neko-server";
            version = "3.0.0";
            subPackages = [ "cmd/neko" ];
            env.CGO_ENABLED = 1;
            buildInputs = [
              pkgs.gst_all_1.gstreamer
              pkgs.libx11
            ];
            ldflags = [
              "-s"
              "-w"
              "-X main.version=${finalAttrs.version}"
            ];
            installPhase = ''
              runHook preInstall
              makeWrapper ${pkgs.jre_headless}/bin/java $out/bin/backend --add-flags "-jar $out/share/java/backend.jar"
              echo ''${HOME} $out '''quoted'''
              runHook postInstall
            '';
          });
        in
        {
          default = nekoServer;
          inherit nekoServer;
        }
        // lib.optionalAttrs pkgs.stdenv.hostPlatform.isLinux { inherit toolchain; }
        // lib.optionalAttrs (pkgs.stdenv.hostPlatform.system == "x86_64-linux") {
          lana-cli-static = pkgs.pkgsStatic.callPackage ./nix/lana-cli.nix { };
        }
      );
      tag = self.shortRev or "dirty";
      hydraJobs = { inherit (self) packages checks; };
    };
}
