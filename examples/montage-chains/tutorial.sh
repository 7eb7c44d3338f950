#!/bin/sh
# A mosaic by Montage modules that work on tables: without and with background correction.
#
#   tutorial.sh RAWDIR WORKDIR
#
# RAWDIR holds FITS images, packed (.gz) or not. Results: uncorrected.fits, mosaic.fits and pictures of both in WORKDIR.
set -eu
raw=$(cd "$1" && pwd)
mkdir -p "$2"
cd "$2"
mkdir -p raw projected differences corrected
for file in "$raw"/*.fits.gz; do [ ! -e "$file" ] || gzip -dc "$file" >"raw/$(basename "$file" .gz)"; done
for file in "$raw"/*.fits; do [ ! -e "$file" ] || cp "$file" raw/; done

# What images are there, and which grid holds them all?
mImgtbl raw images.tbl
mMakeHdr images.tbl template.hdr

# Bring all images to this grid and add them as they are.
mProjExec -p raw images.tbl template.hdr projected stats.tbl
mImgtbl projected projected.tbl
mAdd -p projected projected.tbl template.hdr uncorrected.fits
mViewer -ct 1 -gray uncorrected.fits -1s max gaussian-log -out uncorrected.png

# Fit planes to the differences of overlapping images and find the backgrounds that make all agree.
mOverlaps projected.tbl diffs.tbl
mDiffExec -p projected diffs.tbl template.hdr differences
mFitExec diffs.tbl fits.tbl differences
mBgModel projected.tbl fits.tbl corrections.tbl

# Take the backgrounds away and add again.
mBgExec -p projected projected.tbl corrections.tbl corrected
mAdd -p corrected projected.tbl template.hdr mosaic.fits
mViewer -ct 1 -gray mosaic.fits -1s max gaussian-log -out mosaic.png
