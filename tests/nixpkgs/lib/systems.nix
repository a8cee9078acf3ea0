# Platforms: the attributes of stdenv.hostPlatform that generated flakes and crate builders ask for.
{ lib }:
let
  known = {
    x86_64-linux = {
      config = "x86_64-unknown-linux-gnu";
      cpu = "x86_64";
      os = "linux";
      arch = "x86-64";
    };
    aarch64-linux = {
      config = "aarch64-unknown-linux-gnu";
      cpu = "aarch64";
      os = "linux";
      arch = "armv8-a";
    };
    aarch64-darwin = {
      config = "arm64-apple-darwin";
      cpu = "aarch64";
      os = "macos";
      arch = "armv8-a";
    };
    x86_64-darwin = throw "x86_64-darwin is no longer supported";
  };

  # A GNU triple's nix system: "aarch64-unknown-linux-musl" -> "aarch64-linux".
  systemOf =
    triple:
    let
      parts = builtins.match "([^-]+)-.*(linux|darwin).*" triple;
      cpu = if builtins.head parts == "arm64" then "aarch64" else builtins.head parts;
    in
    if parts == null then
      throw "lib.systems.elaborate: unknown platform '${triple}'"
    else
      "${cpu}-${lib.last parts}";

  elaborate =
    request:
    let
      given = if builtins.isString request then { system = request; } else request;
      system = given.system or (systemOf given.config);
      facts = known.${system} or (throw "lib.systems.elaborate: unknown system '${system}'");
      config = given.config or facts.config;
      isMusl = lib.hasInfix "musl" config;
      isDarwin = facts.os == "macos";
      rustcTarget =
        if isDarwin then
          "${facts.cpu}-apple-darwin"
        else
          "${facts.cpu}-unknown-linux-${if isMusl then "musl" else "gnu"}";
      cargoEnv = lib.toUpper (builtins.replaceStrings [ "-" ] [ "_" ] rustcTarget);
    in
    {
      inherit
        system
        config
        isMusl
        isDarwin
        ;
      isLinux = !isDarwin;
      isMacOS = isDarwin;
      isUnix = true;
      isWindows = false;
      isWasm = false;
      isGnu = !isDarwin && !isMusl;
      isx86_64 = facts.cpu == "x86_64";
      isx86 = facts.cpu == "x86_64";
      isAarch64 = facts.cpu == "aarch64";
      isAarch = facts.cpu == "aarch64";
      is64bit = true;
      is32bit = false;
      isLittleEndian = true;
      isBigEndian = false;
      isStatic = given.isStatic or false;
      hasSharedLibraries = !(given.isStatic or false);
      libc =
        if isDarwin then
          "libSystem"
        else if isMusl then
          "musl"
        else
          "glibc";
      linuxArch = if facts.cpu == "aarch64" then "arm64" else facts.cpu;
      go = {
        GOARCH = if facts.cpu == "aarch64" then "arm64" else "amd64";
        GOOS = if isDarwin then "darwin" else "linux";
      };
      extensions = {
        sharedLibrary = if isDarwin then ".dylib" else ".so";
        staticLibrary = ".a";
        library =
          if given.isStatic or false then
            ".a"
          else if isDarwin then
            ".dylib"
          else
            ".so";
        executable = "";
      };
      parsed = {
        cpu = {
          name = facts.cpu;
          bits = 64;
          significantByte.name = "littleEndian";
        };
        kernel.name = if isDarwin then "darwin" else "linux";
        vendor.name = if isDarwin then "apple" else "unknown";
        abi.name =
          if isDarwin then
            "unknown"
          else if isMusl then
            "musl"
          else
            "gnu";
      };
      rust = {
        inherit rustcTarget;
        rustcTargetSpec = rustcTarget;
        cargoShortTarget = rustcTarget;
        cargoEnvVarTarget = cargoEnv;
        platform = {
          arch = facts.cpu;
          os = facts.os;
          target-family = [ "unix" ];
          vendor = if isDarwin then "apple" else "unknown";
        };
      };
      emulatorAvailable = _: false;
      canExecute = other: other.system == system && other.isMusl == isMusl;
    };
in
{
  inherit elaborate;
  equals = first: second: first.config == second.config && first.isStatic == second.isStatic;
  flakeExposed = [
    "x86_64-linux"
    "aarch64-linux"
    "aarch64-darwin"
  ];
  examples = {
    aarch64-multiplatform.config = "aarch64-unknown-linux-gnu";
    aarch64-multiplatform-musl.config = "aarch64-unknown-linux-musl";
    gnu64.config = "x86_64-unknown-linux-gnu";
    musl64.config = "x86_64-unknown-linux-musl";
    aarch64-darwin.system = "aarch64-darwin";
  };
}
