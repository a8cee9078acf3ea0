{
  linux = [
    "aarch64-linux"
    "armv7l-linux"
    "i686-linux"
    "riscv64-linux"
    "x86_64-linux"
  ];
  darwin = [
    "aarch64-darwin"
    "x86_64-darwin"
  ];
  unix = [
    "aarch64-darwin"
    "aarch64-linux"
    "armv7l-linux"
    "i686-linux"
    "riscv64-linux"
    "x86_64-darwin"
    "x86_64-linux"
  ];
  x86_64 = [
    "x86_64-darwin"
    "x86_64-linux"
  ];
  aarch64 = [
    "aarch64-darwin"
    "aarch64-linux"
  ];
  all = [
    "aarch64-darwin"
    "aarch64-linux"
    "armv7l-linux"
    "i686-linux"
    "riscv64-linux"
    "wasm32-wasi"
    "x86_64-darwin"
    "x86_64-linux"
  ];
}
