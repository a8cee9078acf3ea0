# The programs and libraries of several units in one folder, libraries by the names that cargo gives them.
# shellcheck shell=bash disable=SC1090,SC2154

source "$NIX_ATTRS_SH_FILE"
source "$toolbox/env"
export PATH=$toolPath
mkdir "${outputs[out]}"
for index in "${!units[@]}"; do
  unit=${units[index]}
  for folder in bin lib; do
    if [[ ! -d $unit/$folder ]]; then continue; fi
    mkdir -p "${outputs[out]}/$folder"
    for file in "$unit/$folder"/*; do
      name=${file##*/}
      ln -s "$file" "${outputs[out]}/$folder/${name//"-${metadata[index]}"/}"
    done
  done
done
