# The phases of stdenv, as far as tests need them. $initialPath and $SHELL are set above this line.
set -eu -o pipefail

export SHELL NIX_BUILD_TOP SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-315532800} HOME=${HOME:-/homeless-shelter}
PATH=
for folder in $initialPath; do PATH=$PATH${PATH:+:}$folder/bin; done
export PATH
: "${NIX_BUILD_TOP:=$PWD}"
if [[ $(declare -p outputs 2>/dev/null || :) == "declare -A"* ]]; then # __structuredAttrs
  outputNames="${!outputs[*]}"
  for output in $outputNames; do export "$output=${outputs[$output]}"; done
else
  outputNames=${outputs:-out}
fi

# --- hooks and functions that packages call

declare -A hooksOf=()

addToHook() { hooksOf[$1]="${hooksOf[$1]:-} $2"; }

runHook() {
  local name=$1 hook
  for hook in ${hooksOf[$name]:-}; do "$hook"; done
  if declare -F "$name" >/dev/null; then "$name"; elif [ -n "${!name:-}" ]; then eval "${!name}"; fi
}

addToSearchPath() { export "$1=${!1:-}${!1:+:}$2"; }

substituteInPlace() {
  local files=() text
  while [ $# -gt 0 ] && [[ $1 != --* ]]; do files+=("$1"); shift; done
  for file in "${files[@]}"; do
    text=$(cat "$file"; echo x)
    text=${text%x}
    set -- "$@" --end
    while [ "$1" != --end ]; do
      case $1 in
        --replace-fail)
          [[ $text == *"$2"* ]] || { echo "substituteInPlace: '$2' does not stand in $file" >&2; return 1; }
          text=${text//"$2"/"$3"}; set -- "${@:4}" "$1" "$2" "$3" ;;
        --replace | --replace-warn | --replace-quiet) text=${text//"$2"/"$3"}; set -- "${@:4}" "$1" "$2" "$3" ;;
        *) echo "substituteInPlace: unknown argument $1" >&2; return 1 ;;
      esac
    done
    shift
    printf %s "$text" > "$file"
  done
}

patchShebangs() {
  local file interpreter program
  while IFS= read -r -d '' file; do
    read -r interpreter < "$file" 2>/dev/null || continue
    [[ $interpreter == '#!'* && $interpreter != "#!$NIX_STORE"* ]] || continue
    program=${interpreter##*[ /]}
    program=$(command -v "$program") || continue
    sed -i "1s|.*|#!$program|" "$file"
  done < <(find "$@" -type f -perm -0100 -print0)
}

# --- inputs

activated=" "
activate() { # activate PACKAGE native|target
  case $activated in *" $1:$2 "*) return ;; esac
  activated+="$1:$2 "
  local package=$1 kind=$2 pkgconfig inner
  if [ -d "$package/bin" ] && { [ "$kind" = native ] || [ -z "${strictDeps:-}" ]; }; then PATH=$package/bin:$PATH; fi
  if [ "$kind" = target ]; then
    for pkgconfig in "$package/lib/pkgconfig" "$package/share/pkgconfig"; do
      [ ! -d "$pkgconfig" ] || addToSearchPath PKG_CONFIG_PATH "$pkgconfig"
    done
    [ ! -d "$package/include" ] || export NIX_CFLAGS_COMPILE="${NIX_CFLAGS_COMPILE:-} -isystem $package/include"
    [ ! -d "$package/lib" ] || export NIX_LDFLAGS="${NIX_LDFLAGS:-} -L$package/lib"
  fi
  if [ -f "$package/nix-support/propagated-build-inputs" ]; then
    for inner in $(cat "$package/nix-support/propagated-build-inputs"); do activate "$inner" "$kind"; done
  fi
  if [ -f "$package/nix-support/setup-hook" ]; then . "$package/nix-support/setup-hook"; fi
}

for package in ${depsBuildBuild[*]:-} ${nativeBuildInputs[*]:-} ${propagatedNativeBuildInputs[*]:-}; do activate "$package" native; done
for package in ${buildInputs[*]:-} ${propagatedBuildInputs[*]:-}; do activate "$package" target; done
set +u

# --- phases

unpackFile() {
  case $1 in
    *.tar | *.tar.* | *.tgz | *.crate) tar xf "$1" ;;
    *)
      [ -d "$1" ] || { echo "do not know how to unpack source archive $1" >&2; return 1; }
      local name=${1##*/}
      [[ $name != ????????????????????????????????-* ]] || name=${name#*-}
      cp -r --preserve=timestamps --no-preserve=ownership "$1" "$name" && chmod -R u+w "$name" ;;
  esac
}

unpackPhase() {
  runHook preUnpack
  local source folder
  if [ -z "${src:-}${srcs:-}" ]; then echo 'variable $src or $srcs should point to the source' >&2; return 1; fi
  for source in ${srcs:-$src}; do unpackFile "$source"; done
  if [ -n "${setSourceRoot:-}" ]; then
    runHook setSourceRoot
  elif [ -z "${sourceRoot:-}" ]; then
    for folder in */; do
      [ -z "${sourceRoot:-}" ] || { echo "unpacker produced multiple directories" >&2; return 1; }
      sourceRoot=${folder%/}
    done
  fi
  runHook postUnpack
}

patchPhase() {
  runHook prePatch
  local file
  for file in ${patches[*]:-}; do patch -p1 < "$file"; done
  runHook postPatch
}

configurePhase() {
  runHook preConfigure
  if [ -x ./configure ]; then ./configure "--prefix=$out" ${configureFlags[*]:-}; fi
  runHook postConfigure
}

makeHere() { make SHELL="$SHELL" ${makeFlags[*]:-} "$@"; }

buildPhase() {
  runHook preBuild
  if [ -f Makefile ] || [ -f makefile ]; then makeHere ${buildFlags[*]:-}; else echo "no Makefile, doing nothing"; fi
  runHook postBuild
}

checkPhase() {
  runHook preCheck
  if [ -f Makefile ]; then makeHere ${checkTarget:-check}; fi
  runHook postCheck
}

installPhase() {
  runHook preInstall
  [ ! -f Makefile ] || { mkdir -p "$out"; makeHere ${installTargets:-install} "PREFIX=$out"; }
  runHook postInstall
}

fixupPhase() {
  runHook preFixup
  local output
  for output in $outputNames; do
    [ ! -d "${!output}/bin" ] || [ -n "${dontPatchShebangs:-}" ] || patchShebangs "${!output}/bin"
  done
  if [ -n "${setupHook:-}" ]; then mkdir -p "$out/nix-support" && cp "$setupHook" "$out/nix-support/setup-hook"; fi
  if [ -n "${propagatedBuildInputs[*]:-}" ]; then
    mkdir -p "$out/nix-support"
    echo "${propagatedBuildInputs[*]}" > "$out/nix-support/propagated-build-inputs"
  fi
  runHook postFixup
}

runPhase() {
  local phase=$1
  case $phase in
    checkPhase) [ -n "${doCheck:-}" ] || return 0 ;;
    installCheckPhase) [ -n "${doInstallCheck:-}" ] || return 0 ;;
    *) local off=dont${phase^}; off=${off%Phase}; [ -z "${!off:-}" ] || return 0 ;;
  esac
  echo "Running phase: $phase"
  if [ -n "${!phase:-}" ]; then eval "${!phase}"; elif declare -F "$phase" >/dev/null; then "$phase"; fi
  if [ "$phase" = unpackPhase ]; then cd "${sourceRoot:-.}"; fi
}

genericBuild() {
  local name
  if [ -n "${buildCommandPath:-}" ]; then buildCommand=$(cat "$buildCommandPath"); fi
  if [ -n "${buildCommand:-}" ]; then eval "$buildCommand"; return; fi
  for name in ${phases[*]:-unpackPhase patchPhase ${preConfigurePhases:-} configurePhase ${preBuildPhases:-} buildPhase \
    checkPhase ${preInstallPhases:-} installPhase fixupPhase installCheckPhase}; do
    runPhase "$name"
  done
}
