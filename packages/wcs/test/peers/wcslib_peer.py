"""Answers of astropy (wcslib) to the tests of this package.

`given`: a list of {"cards": {...}, "pixels": [[x, y], ...], "sky": [[lon, lat], ...]}, pixels counted from 1.
`answer`: for each {"error": text} or {"toSky": [...], "toPixel": [...]}; null where there is no answer.
Positions are longitude, latitude also where the header has them the other way round.
"""
import math
import warnings

import numpy as np
from astropy.io import fits
from astropy.wcs import WCS

warnings.simplefilter("ignore")


def rows(a, b):
    return [[float(p), float(q)] if math.isfinite(p) and math.isfinite(q) else None for p, q in zip(a, b)]


def columns(points):
    return (np.array(v, dtype=float) for v in zip(*points))


def answer_case(case):
    header = fits.Header()
    for key, value in case["cards"].items():
        header[key] = value
    wcs = WCS(header)
    wcs.wcs.set()
    swap = wcs.wcs.lng == 1
    result = {"toSky": [], "toPixel": []}
    if case["pixels"]:
        x, y = columns(case["pixels"])
        a, b = wcs.all_pix2world(x, y, 1)
        result["toSky"] = rows(b, a) if swap else rows(a, b)
    if case["sky"]:
        lon, lat = columns(case["sky"])
        first, second = (lat, lon) if swap else (lon, lat)
        x, y = wcs.all_world2pix(first, second, 1, tolerance=1e-10, maxiter=50, quiet=True)
        result["toPixel"] = rows(x, y)
    return result


def answers(cases):
    result = []
    for case in cases:
        try:
            result.append(answer_case(case))
        except Exception as error:
            result.append({"error": str(error).strip().split("\n")[-1][:200], "toSky": [], "toPixel": []})
    return result


answer = answers(given)  # noqa: F821, see peers.ts
