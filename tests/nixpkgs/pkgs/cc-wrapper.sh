# A compiler driver; $compiler is set above this line. As nixpkgs' wrappers: it finds the build inputs, and a shared library
# of the store that is linked is found again when the program runs, as its folder is in the program's search path.
# shellcheck shell=bash disable=SC2154,SC2206
flags=(${NIX_CFLAGS_COMPILE:-})
extra=(${NIX_LDFLAGS:-})
folders=() names=()
previous=
for word in "$@" "${extra[@]}"; do
  case $previous$word in
    -c | -E | -S | -M*) exec "$compiler" "$@" "${flags[@]}" ;;
    -L) previous=-L && continue ;;
    -L*) folders+=("${word#-L}") ;;
    -l*) names+=("${word#-l}") ;;
  esac
  previous=
done
for folder in "${folders[@]}"; do
  [[ -n ${NIX_STORE:-} && $folder == "$NIX_STORE"/* ]] || continue
  for name in "${names[@]}"; do
    if [ -e "$folder/lib$name.so" ]; then
      extra+=("-Wl,-rpath,$folder")
      break
    fi
  done
done
exec "$compiler" "$@" "${flags[@]}" "${extra[@]}"
