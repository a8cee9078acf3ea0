# What `rustc --print cfg` says of a target, from its name: names by `is`, pairs by `has`.
{
  lib,
  # The name that rustc gives the target.
  triple,
  # Features of the processor beyond those of the target.
  features,
  # The widest atomic operations, where the architecture does not tell.
  atomicWidth,
}:
let
  inherit (builtins)
    elem
    elemAt
    filter
    head
    length
    match
    tail
    ;
  inherit (lib) hasPrefix splitString;

  parts = splitString "-" triple;
  cpu = head parts;
  others = tail parts;
  startsWith = prefixes: text: builtins.any (prefix: hasPrefix prefix text) prefixes;

  # The first of a list of pairs whose pattern matches.
  choose =
    text: rules: default:
    let
      fitting = filter (rule: match (elemAt rule 0) text != null) rules;
    in
    if fitting == [ ] then default else elemAt (head fitting) 1;

  arch = choose cpu [
    [
      "i[3-6]86"
      "x86"
    ]
    [
      "x86_64.*"
      "x86_64"
    ]
    [
      "arm64ec"
      "arm64ec"
    ]
    [
      "aarch64.*|arm64.*"
      "aarch64"
    ]
    [
      "arm.*|thumb.*"
      "arm"
    ]
    [
      "riscv32.*"
      "riscv32"
    ]
    [
      "riscv64.*"
      "riscv64"
    ]
    [
      "powerpc64.*"
      "powerpc64"
    ]
    [
      "mipsisa32r6.*"
      "mips32r6"
    ]
    [
      "mipsisa64r6.*"
      "mips64r6"
    ]
    [
      "mips64.*"
      "mips64"
    ]
    [
      "mips.*"
      "mips"
    ]
    [
      "sparcv9|sparc64"
      "sparc64"
    ]
    [
      "wasm32.*"
      "wasm32"
    ]
    [
      "bpf.*"
      "bpf"
    ]
  ] cpu;

  # vendor-os-env, os-env where there is no vendor, and some names that say more than that.
  last = lib.last parts;
  knownSystems = "linux|none|wasip.*|wasi|nuttx|rtems";
  hasVendor = others != [ ] && match knownSystems (head others) == null;
  vendor =
    if elem "apple" others then
      "apple"
    else if hasPrefix "esp" last || hasPrefix "xtensa-esp" triple then
      "espressif"
    else if hasVendor && head others != "lynx" && head others != "wali" then
      head others
    else
      "unknown";
  rest = if hasVendor then tail others else others;
  system = if rest == [ ] then "none" else head rest;
  suffix = if length rest > 1 then lib.concatStringsSep "-" (tail rest) else "";
  os =
    if startsWith [ "android" ] suffix then
      "android"
    else if elem "rtems" parts then
      "rtems"
    else
      choose system [
        [
          "darwin"
          "macos"
        ]
        [
          "wasi.*"
          "wasi"
        ]
        [
          "freestanding|3ds"
          "horizon"
        ]
        [
          "(nto|lynxos|solid).*"
          (head (match "(nto|lynxos178|solid_asp3|.*).*" system))
        ]
      ] system;
  env =
    if cpu == "x86_64" && vendor == "fortanix" then
      "sgx"
    else if os == "wasi" && hasPrefix "wasip" system then
      "p" + lib.removePrefix "wasip" (head (splitString "_" system))
    else if os == "android" then
      ""
    else if last == "macabi" || last == "sim" then
      last
    else if isAppleSimulator then
      "sim"
    else if os == "vxworks" then
      "gnu"
    else if os == "redox" then
      "relibc"
    else if os == "nto" then
      "nto" + builtins.substring 3 2 suffix + lib.removePrefix (builtins.substring 0 6 suffix) suffix
    else
      choose suffix
        [
          [
            "gnu.*"
            "gnu"
          ]
          [
            "musl.*"
            "musl"
          ]
          [
            "uclibc.*"
            "uclibc"
          ]
          [
            "msvc|ohos|mlibc"
            suffix
          ]
        ]
        (
          if
            elem os [
              "espidf"
              "vita"
              "horizon"
              "rtems"
            ]
          then
            "newlib"
          else
            ""
        );

  # Old names of Apple's simulators do not say that they are.
  isAppleSimulator =
    elem system [
      "ios"
      "tvos"
    ]
    && elem arch [
      "x86"
      "x86_64"
    ]
    && suffix == "";

  abi =
    if isAppleSimulator then
      "sim"
    else if arch == "powerpc64" && os != "aix" then
      (
        if
          cpu == "powerpc64le"
          ||
            elem suffix [
              ""
              "musl"
            ]
            && os != "vxworks"
        then
          "elfv2"
        else
          "elfv1"
      )
    else
      choose last [
        [
          ".*eabihf"
          "eabihf"
        ]
        [
          ".*eabi"
          "eabi"
        ]
        [
          ".*x32"
          "x32"
        ]
        [
          ".*ilp32"
          "ilp32"
        ]
        [
          ".*abi64"
          "abi64"
        ]
        [
          "gnullvm"
          "llvm"
        ]
        [
          "sim|macabi"
          last
        ]
        [
          ".*softfloat"
          "softfloat"
        ]
        [
          ".*spe"
          "spe"
        ]
        [
          "ohos|trusty"
          (if arch == "arm" then "eabi" else "")
        ]
      ] (if vendor == "uwp" || vendor == "fortanix" then vendor else "");

  isWindows = os == "windows";
  isWasm = elem arch [
    "wasm32"
    "wasm64"
  ];
  isUnix =
    !isWindows
    && !(elem os [
      "amdhsa"
      "cuda"
      "helenos"
      "hermit"
      "motor"
      "none"
      "psp"
      "psx"
      "solid_asp3"
      "teeos"
      "trusty"
      "uefi"
      "unknown"
      "vexos"
      "wasi"
      "xous"
      "zkvm"
    ])
    && cpu + last != "aarch64freestanding";

  unwinds =
    if isWasm then
      os == "emscripten"
    else
      isUnix && os != "nuttx" && os != "horizon" || isWindows || env == "sgx" || os == "xous";

  is64 =
    elem arch [
      "aarch64"
      "arm64ec"
      "bpf"
      "loongarch64"
      "mips64"
      "mips64r6"
      "nvptx64"
      "powerpc64"
      "riscv64"
      "s390x"
      "sparc64"
      "wasm64"
      "x86_64"
    ]
    && abi != "x32"
    && abi != "ilp32"
    && !(hasPrefix "arm64_32" cpu);
  pointerWidth =
    if is64 then
      64
    else if
      elem arch [
        "avr"
        "msp430"
      ]
    then
      16
    else
      32;
  isBig =
    elem cpu [
      "aarch64_be"
      "bpfeb"
      "m68k"
      "mips"
      "mips64"
      "mipsisa32r6"
      "mipsisa64r6"
      "powerpc"
      "powerpc64"
      "s390x"
      "sparc"
      "sparc64"
      "sparcv9"
    ]
    || startsWith [
      "armeb"
      "armebv"
      "thumbeb"
    ] cpu;
  widest =
    if
      arch == "aarch64"
      ||
        arch == "x86_64"
        && (
          isWindows
          || elem system [
            "darwin"
            "fuchsia"
            "ios"
          ]
        )
    then
      128
    else if
      elem arch [
        "powerpc64"
        "riscv64"
        "wasm32"
        "x86"
        "x86_64"
      ]
    then
      64
    else
      atomicWidth;

  values = {
    panic = [ (if unwinds then "unwind" else "abort") ];
    target_abi = [ abi ];
    target_arch = [ arch ];
    target_endian = [ (if isBig then "big" else "little") ];
    target_env = [ env ];
    target_family =
      lib.optional isUnix "unix" ++ lib.optional isWindows "windows" ++ lib.optional isWasm "wasm";
    target_feature = features;
    target_has_atomic =
      map toString (
        filter (width: width <= widest) [
          8
          16
          32
          64
          128
        ]
      )
      ++ lib.optional (widest >= pointerWidth) "ptr";
    target_os = [ os ];
    target_pointer_width = [ (toString pointerWidth) ];
    target_vendor = [ vendor ];
  };
in
{
  inherit triple;
  is =
    name:
    if name == "unix" then
      isUnix
    else if name == "windows" then
      isWindows
    else
      name == "debug_assertions";
  has = key: value: elem value (values.${key} or [ ]);
}
