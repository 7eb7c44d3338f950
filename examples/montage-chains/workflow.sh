#!/bin/sh
# A mosaic by Montage modules that work on one image or one pair each, as workflow systems call them: every call of a loop
# could be a job of its own.
#
#   workflow.sh RAWDIR WORKDIR [mProjectPP|mProjectQL|mProject]
#
# RAWDIR holds FITS images, packed (.gz) or not. Results: mosaic.fits, small.fits and small.png in WORKDIR.
set -eu
raw=$(cd "$1" && pwd)
project=${3:-mProjectPP}
mkdir -p "$2"
cd "$2"
mkdir -p raw projected fits differences corrected
for file in "$raw"/*.fits.gz; do [ ! -e "$file" ] || gzip -dc "$file" >"raw/$(basename "$file" .gz)"; done
for file in "$raw"/*.fits; do [ ! -e "$file" ] || cp "$file" raw/; done

mImgtbl raw images.tbl
mMakeHdr images.tbl template.hdr

# mProjectQL writes area images only when it is asked to; the others always do.
areas=$([ "$project" = mProjectQL ] && echo -a || true)
for file in raw/*.fits; do
  # shellcheck disable=SC2086
  "$project" $areas "$file" "projected/$(basename "$file")" template.hdr
done

# One job a pair. Pairs that touch by a corner have no pixel in common; their status files say so.
mImgtbl projected projected.tbl
mOverlaps projected.tbl diffs.tbl
printf '|  cntr1 |  cntr2 |          stat          |\n' >statfiles.tbl
tail -n +3 diffs.tbl | while read -r cntr1 cntr2 plus minus diff; do
  stat=$(printf 'fit.%06d.%06d.txt' "$cntr1" "$cntr2")
  printf ' %8d %8d %24s \n' "$cntr1" "$cntr2" "$stat" >>statfiles.tbl
  mDiffFit -s "fits/$stat" "projected/$plus" "projected/$minus" "differences/$diff" template.hdr || true
done
mConcatFit statfiles.tbl fits.tbl fits
mBgModel projected.tbl fits.tbl corrections.tbl

# mBackground of Montage finds an image in the table only by the very name that it is called with.
cd projected
for file in *.fits; do
  case $file in *_area.fits) continue ;; esac
  mBackground -t "$file" "../corrected/$file" ../projected.tbl ../corrections.tbl
done
cd ..
mAddMem -p corrected projected.tbl template.hdr mosaic.fits
mShrink -f mosaic.fits small.fits 600
mViewer -ct 1 -gray small.fits -1s max gaussian-log -out small.png
