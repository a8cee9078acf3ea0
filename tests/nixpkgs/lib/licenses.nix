let
  free = spdxId: {
    inherit spdxId;
    free = true;
    deprecated = false;
    shortName = spdxId;
  };
in
{
  mit = free "MIT";
  asl20 = free "Apache-2.0";
  bsd3 = free "BSD-3-Clause";
  isc = free "ISC";
  mpl20 = free "MPL-2.0";
  gpl3Plus = free "GPL-3.0-or-later";
  agpl3Plus = free "AGPL-3.0-or-later";
  unfree = {
    free = false;
    deprecated = false;
    shortName = "unfree";
  };
}
