# The tests put a copy of this folder somewhere and write there, in this file's place, where the host keeps its programs:
# pure evaluation cannot look. See tests/stand_in.py for the keys.
throw
  "the stand-in nixpkgs is used from its materialised copy (fixture `nixpkgs`), where host.nix is filled in"
