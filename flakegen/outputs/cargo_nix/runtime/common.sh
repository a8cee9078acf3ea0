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

# set_variable NAME VALUE: exports a variable; bash cannot hold every name (CARGO_BIN_EXE_a-b), and those in small letters
# are these scripts' own, so `run` hands on the others.
plainName='^[A-Z_][A-Z0-9_]*$'
odd=()
set_variable() {
  if [[ $1 =~ $plainName ]]; then export "$1=$2"; else odd+=("$1=$2"); fi
}

# run PROGRAM ARGUMENT…: with all variables that were set.
run() {
  if ((${#odd[@]})); then env "${odd[@]}" "$@"; else "$@"; fi
}

# export_package_environment: Cargo book, "Environment variables Cargo sets for crates", and before them `[env]` of its
# configuration, which gives way to what is set already unless it is forced.
export_package_environment() {
  local core=${version%%[-+]*} pre=${version%%+*} name
  local -a numbers
  for name in "${!configEnv[@]}"; do
    if [[ ! $name =~ $plainName || ! -v $name ]]; then set_variable "$name" "${configEnv[$name]//@source@/"$src"}"; fi
  done
  for name in "${!forcedEnv[@]}"; do set_variable "$name" "${forcedEnv[$name]//@source@/"$src"}"; done
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

# add_libraries: where rustc finds what the unit names, and all that those need in turn. Fills deps.
deps=()
add_libraries() {
  local name unit file
  local -a lists=()
  for name in "${!externs[@]}"; do
    unit=${externs[$name]}
    for file in "$unit"/lib/lib*; do
      case $file in
        *.rlib | *.so | *.dylib | *.rmeta) args+=(--extern "$name=$file") ;;
      esac
    done
    if [[ -e $unit/deps ]]; then lists+=("$unit/deps"); fi
  done
  if ((${#externs[@]})); then
    mapfile -t deps < <(printf '%s\n' "${externs[@]}" | LC_ALL=C sort -u - "${lists[@]}")
  fi
  for unit in "${deps[@]}"; do args+=(-L "dependency=$unit/lib"); done
  if [[ -n $procMacro ]]; then args+=(--extern proc_macro); fi
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

# add_dylib_paths: a program finds the shared Rust libraries that it needs, and std's with them. Fills dylibs.
dylibs=()
add_dylib_paths() {
  local unit
  if [[ -n $isLibrary || $emit == metadata ]]; then return; fi
  for unit in "${deps[@]}"; do
    if [[ -e $unit/dylib ]]; then dylibs+=("$unit/lib"); fi
  done
  if ((${#dylibs[@]})); then dylibs+=("$("${tools[rustc]}" --print target-libdir)"); fi
  for unit in "${dylibs[@]}"; do args+=(-C "link-arg=-Wl,-rpath,$unit"); done
}

# add_native: what build scripts asked of the linker, the package's own first, then those of the libraries it is made
# from, in cargo's order: by package. Fills search and dylibArgs, which travel on.
search=()
dylibArgs=()
add_native() {
  local unit line scope own=
  local -a from=() made=() given=()
  add_link_flags
  if [[ -n $script ]]; then from=("$script"); fi
  for unit in "${externs[@]}"; do
    if [[ -e $unit/search || -e $unit/link-arg-cdylib ]]; then from+=("$unit"); fi
  done
  if ((${#from[@]} > 1)); then
    mapfile -t from < <(printf '%s\n' "${from[@]##*/}" | LC_ALL=C sort -t- -k2)
    from=("${from[@]/#/"$NIX_STORE/"}")
    if [[ -n $script ]]; then from=("$script" "${from[@]}"); fi
  fi
  for unit in "${from[@]}"; do
    if [[ -e $unit/search ]]; then add_once search "$unit/search"; fi
    if [[ -e $unit/link-arg-cdylib ]]; then add_once dylibArgs "$unit/link-arg-cdylib"; fi
    if [[ $unit == "$script" && -z $own ]]; then own=${#dylibArgs[@]}; fi
  done
  # As in cargo, what scripts made themselves is found before what they name elsewhere.
  for line in "${search[@]}"; do
    case $line in *.script-run/*) made+=("$line") ;; *) given+=("$line") ;; esac
  done
  for line in "${made[@]}" "${given[@]}"; do args+=(-L "$line"); done
  if [[ -n $linksNatively ]] && read_lines link-lib; then
    for line in "${lines[@]}"; do args+=(-l "$line"); done
  fi
  # Lines are `SCOPE ARGUMENT` in what the own script says, and `SCRIPT NUMBER ARGUMENT` in what travels.
  scope=" all ${linkScopes[*]} "
  case " ${crateTypes[*]} " in *" cdylib "*) scope+="cdylib " ;; esac
  read_lines link-arg || true
  for line in "${lines[@]}"; do
    if [[ $scope == *" ${line%% *} "* ]]; then args+=(-C "link-arg=${line#* }"); fi
  done
  if [[ $scope != *" cdylib "* ]]; then return; fi
  for line in "${dylibArgs[@]:${own:-0}}"; do args+=(-C "link-arg=${line#* * }"); done
}

# add_script_output: what the package's build script said of its code (Cargo book, "Outputs of the Build Script").
add_script_output() {
  local line
  if [[ -z $script ]]; then return; fi
  if read_lines cfg; then for line in "${lines[@]}"; do args+=(--cfg "$line"); done; fi
  if read_lines check-cfg; then for line in "${lines[@]}"; do args+=(--check-cfg "$line"); done; fi
  export_script_output
}

# export_script_output: the variables that it set.
export_script_output() {
  local line
  if [[ -z $script ]]; then return; fi
  export OUT_DIR=$script/out
  if read_lines env; then for line in "${lines[@]}"; do set_variable "${line%%=*}" "${line#*=}"; done; fi
}

# read_lines KIND: what the build script said under KIND, into lines; false if nothing.
read_lines() {
  lines=()
  [[ -n $script && -e $script/$1 ]] && mapfile -t lines <"$script/$1"
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
