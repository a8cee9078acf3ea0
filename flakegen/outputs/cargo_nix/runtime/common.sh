# Shared by unit.sh and script.sh: where a package is and what cargo tells it.
# shellcheck shell=bash disable=SC1090,SC2034,SC2154,SC2164

if [[ -z ${stdenv:-} ]]; then source "$NIX_ATTRS_SH_FILE"; fi
out=${outputs[out]}
source "$toolbox/env"
# The time as stdenv sets it, for what would write down when it was built.
if [[ -z ${stdenv:-} ]]; then export PATH=$toolPath HOME=/homeless-shelter SOURCE_DATE_EPOCH=315532800; fi

# run_hooks HOOK…: what a crate override wants to be run.
run_hooks() {
  local hook
  if [[ -n ${hasHooks:-} ]]; then for hook; do runHook "$hook"; done; fi
}

# enter_source: goes where cargo would go, the workspace's root or the root of the package fetched. An override with hooks
# gets a writable copy, and its first hooks run there.
enter_source() {
  if [[ -n ${hasHooks:-} ]]; then
    cp -r "$src" source
    chmod -R u+w source
    src=$PWD/source
  fi
  manifestDir=$src${directory:+/$directory}
  if [[ -n ${hasHooks:-} ]]; then
    lib=$out
    if [[ -n $isLocal ]]; then cd "$manifestDir"; else cd "$src"; fi
    patchPhase
    cd "$manifestDir"
    run_hooks preConfigure
  fi
  local top=$src${workspace:+/$workspace}
  if [[ -n $isLocal && $manifestDir/ == "$top"/* ]]; then
    cd "$top"
    export FLAKEGEN_WORKSPACE=$top
    main=${manifestDir#"$top"}/${main:-}
    main=${main#/}
  else
    cd "$manifestDir"
    main=$manifestDir/${main:-}
  fi
}

# set_variable NAME VALUE: exports a variable; bash cannot hold every name (CARGO_BIN_EXE_a-b), so `run` hands on the others.
odd=()
set_variable() {
  if [[ $1 =~ ^[A-Za-z_][A-Za-z0-9_]*$ ]]; then export "$1=$2"; else odd+=("$1=$2"); fi
}

# run PROGRAM ARGUMENT…: with all variables that were set.
run() {
  if ((${#odd[@]})); then env "${odd[@]}" "$@"; else "$@"; fi
}

# export_package_environment: Cargo book, "Environment variables Cargo sets for crates".
export_package_environment() {
  local core=${version%%[-+]*} pre=${version%%+*} name
  local -a numbers
  IFS=. read -ra numbers <<<"$core"
  export CARGO=$unitCargo FLAKEGEN_CARGO=${tools[cargo]} CARGO_MANIFEST_DIR=$manifestDir CARGO_MANIFEST_PATH=$manifestDir/Cargo.toml
  export CARGO_PKG_NAME=$pname CARGO_PKG_VERSION=$version CARGO_PKG_VERSION_MAJOR=${numbers[0]}
  export CARGO_PKG_VERSION_MINOR=${numbers[1]} CARGO_PKG_VERSION_PATCH=${numbers[2]}
  pre=${pre#"$core"}
  export CARGO_PKG_VERSION_PRE=${pre#-}
  for name in AUTHORS DESCRIPTION HOMEPAGE REPOSITORY LICENSE LICENSE_FILE RUST_VERSION README; do
    export "CARGO_PKG_$name="
  done
  for name in "${!packageEnv[@]}"; do set_variable "$name" "${packageEnv[$name]}"; done
  for name in "${!unitEnv[@]}"; do set_variable "$name" "${unitEnv[$name]//@source@/"$src"}"; done
}

# add_features: the features that are on, and those that there are.
add_features() {
  local feature
  for feature in "${features[@]}"; do args+=(--cfg "feature=\"$feature\""); done
  args+=(--check-cfg 'cfg(docsrs,test)' --check-cfg "$checkCfg")
}

# add_once LIST FILE: appends the lines of a file to a list, in order of first appearance.
declare -A once=()
add_once() {
  local -n list=$1
  local line
  while IFS= read -r line; do
    if [[ -z ${once[$1 $line]:-} ]]; then
      once[$1 $line]=1
      list+=("$line")
    fi
  done <"$2"
}

# add_libraries: where rustc finds what the unit names, and all that those need in turn. Fills deps, search and dylibArgs.
deps=()
search=()
dylibArgs=()
add_libraries() {
  local name unit file
  local -a lists=()
  add_link_flags
  if [[ -n $script && -e $script/search ]]; then add_once search "$script/search"; fi
  if [[ -n $script && -e $script/link-arg-cdylib ]]; then add_once dylibArgs "$script/link-arg-cdylib"; fi
  for name in "${!externs[@]}"; do
    unit=${externs[$name]}
    for file in "$unit"/lib/lib*; do
      case $file in
        *.rlib | *.so | *.dylib | *.rmeta) args+=(--extern "$name=$file") ;;
      esac
    done
    if [[ -e $unit/deps ]]; then lists+=("$unit/deps"); fi
    if [[ -e $unit/search ]]; then add_once search "$unit/search"; fi
    if [[ -e $unit/link-arg-cdylib ]]; then add_once dylibArgs "$unit/link-arg-cdylib"; fi
  done
  if ((${#externs[@]})); then
    mapfile -t deps < <(printf '%s\n' "${externs[@]}" | LC_ALL=C sort -u - "${lists[@]}")
  fi
  for unit in "${deps[@]}"; do args+=(-L "dependency=$unit/lib"); done
  for file in "${search[@]}"; do args+=(-L "$file"); done
  case " ${crateTypes[*]} " in
    *" cdylib "*) for name in "${dylibArgs[@]}"; do args+=(-C "link-arg=$name"); done ;;
  esac
}

# add_link_flags: an override's `extraLinkFlags`, which dependents have too as far as they are search paths.
add_link_flags() {
  local word previous=
  for word in "${linkFlags[@]}"; do
    case $previous$word in
      -L) previous=-L && continue ;;
      -L*) search+=("${word#-L}") ;;
      *) args+=("$word") ;;
    esac
    previous=
  done
}

# add_script_output: what the package's build script asked for (Cargo book, "Outputs of the Build Script").
add_script_output() {
  local line scope
  if [[ -z $script ]]; then return; fi
  export OUT_DIR=$script/out
  if [[ -n $linksNatively ]] && read_lines link-lib; then
    for line in "${lines[@]}"; do args+=(-l "$line"); done
  fi
  for scope in "" "${linkScopes[@]}"; do
    if read_lines "link-arg${scope:+-$scope}"; then
      for line in "${lines[@]}"; do args+=(-C "link-arg=$line"); done
    fi
  done
  if read_lines cfg; then for line in "${lines[@]}"; do args+=(--cfg "$line"); done; fi
  if read_lines check-cfg; then for line in "${lines[@]}"; do args+=(--check-cfg "$line"); done; fi
  if read_lines env; then for line in "${lines[@]}"; do set_variable "${line%%=*}" "${line#*=}"; done; fi
}

# read_lines KIND: what the build script said under KIND, into lines; false if nothing.
read_lines() {
  lines=()
  [[ -e $script/$1 ]] && mapfile -t lines <"$script/$1"
}

# scrub_references FILE: a program holds no path of a source, a unit or the toolchain: such a path is only ever a name in a
# message, and would keep what it names in the runtime closure. Same length, so that offsets stay.
scrub_references() {
  local none=eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee name='[0-9a-zA-Z+._?=-]*' own='\.(crate-src|crate-unit|script-run)' tool
  local expression="s#($NIX_STORE/)[0-9a-z]{32}(-$name$own)#\1$none\2#g" pattern="$NIX_STORE/[0-9a-z]{32}-$name$own"
  for tool in "$toolbox" "${tools[@]}"; do
    tool=${tool#"$NIX_STORE/"}
    tool=${tool%%/*}
    expression+=";s#($NIX_STORE/)${tool%%-*}#\1$none#g"
    pattern+="|$NIX_STORE/${tool%%-*}"
  done
  if LC_ALL=C grep -qaE "$pattern" "$1"; then LC_ALL=C sed -i -E "$expression" "$1"; fi
}
