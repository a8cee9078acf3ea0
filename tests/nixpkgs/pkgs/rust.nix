# defaultCrateOverrides: crate name -> function from the crate's attributes to the attributes that it changes.
self:
let
  needs = libraries: _: {
    nativeBuildInputs = [ self.pkg-config ];
    buildInputs = libraries;
  };
in
{
  defaultCrateOverrides = {
    openssl = needs [ self.openssl ];
    openssl-sys = needs [ self.openssl ];
    pq-sys = needs [ self.libpq ];
    libpq-sys = needs [ self.libpq ];
    libsqlite3-sys = needs [ self.sqlite ];
    libgit2-sys = _: {
      LIBGIT2_SYS_USE_PKG_CONFIG = true;
      nativeBuildInputs = [ self.pkg-config ];
      buildInputs = [
        self.openssl
        self.zlib
        self.libgit2
      ];
    };
    libssh2-sys = needs [
      self.openssl
      self.zlib
      self.libssh2
    ];
    libz-sys = _: {
      nativeBuildInputs = [ self.pkg-config ];
      buildInputs = [ self.zlib ];
      extraLinkFlags = [ "-L${self.zlib}/lib" ];
    };
    prost-build = _: { nativeBuildInputs = [ self.protobuf ]; };
    # For tests: everything of buildRustCrate's protocol that overrides use. crateBin is as `rink` has it, and says nothing
    # to who knows the targets from the manifest.
    stand-in-hooks = attrs: {
      patches = [ ./stand-in-hooks.patch ];
      postPatch = ''
        substituteInPlace src/lib.rs --replace-fail "as written" "as changed for ${attrs.crateName} ${attrs.version}"
      '';
      preConfigure = "export STAND_IN_CONFIGURED=configured";
      postConfigure = ''echo "after the script" >> "$OUT_DIR/made.txt"'';
      preBuild = "export STAND_IN_BUILDING=building";
      postBuild = "echo built > note";
      postInstall = ''
        mkdir -p $out/share
        cp note $out/share/
      '';
      features = attrs.features ++ [ "of-override" ];
      extraRustcOpts = [
        "--cfg one"
        "--cfg two --cfg three"
      ];
      extraRustcOptsForBuildRs = [ "--cfg in_script" ];
      extraLinkFlags = [ "-L${self.libmeasure}/lib -lmeasure" ];
      propagatedBuildInputs = [ self.zlib ];
      hardeningDisable = [ "all" ];
      crateBin = [
        {
          name = "rink";
          path = "src/bin/rink.rs";
        }
      ];
      meta.description = "changed";
      STAND_IN_TRUE = true;
      STAND_IN_FALSE = false;
      STAND_IN_LIST = [
        1
        "two"
      ];
      STAND_IN_PATH = "${self.libmeasure}/include";
      STAND_IN_NULL = null;
    };
    # For tests: a crate of the workspace itself.
    stand-in-local = _: { preConfigure = "export STAND_IN_CONFIGURED=configured"; };
    # For tests: depends on the attributes that it is given, and shows in the built crate.
    stand-in-native = attrs: {
      env = {
        STAND_IN_OVERRIDE = "${attrs.crateName} ${attrs.version}";
      };
    };
  };

  # Whole-workspace builders are not what flakegen emits; a call would be a mistake.
  buildRustCrate = throw "buildRustCrate is not in the stand-in: units are built one by one";
  rustPlatform = {
    inherit (self) rustc cargo;
    rustLibSrc = self.emptyDirectory;
  };
}
