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
