/*
 * Exact-area reprojection by edge integrals over row prefix sums, in plain C: what the kernel areaTile is measured against. The same
 * algorithm, tile by tile, for images without blank pixels whose tiles lie inside; with gcc -O3 -march=native it may use FMA and wide
 * vectors as it likes.
 *
 * Usage: area IMAGE SIDE CORNERS TILE TILES ROUNDS OUT
 *   IMAGE   SIDE x SIDE float32 of this machine
 *   CORNERS for each tile (TILE + 1)^2 x as float64, then as many y: corners of the output pixels in the image
 *   OUT     for each tile TILE x TILE float32, written
 * Prints the least nanoseconds per output pixel of ROUNDS rounds over all tiles.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef struct {
  double *x, *y, *fx, *fy, *edge;
  int *cell, *row;
} Corners;

static double *sums;
static int pitch, box_col, box_row;

static Corners corners_of(int count) {
  Corners c;
  double *block = malloc(5 * count * sizeof(double));
  int *words = malloc(2 * count * sizeof(int));
  if (!block || !words) exit(2);
  c.x = block;
  c.y = block + count;
  c.fx = block + 2 * count;
  c.fy = block + 3 * count;
  c.edge = block + 4 * count;
  c.cell = words;
  c.row = words + count;
  return c;
}

static void prefix_sums(const float *image, int side, int cols, int rows) {
  for (int r = 0; r < rows; r++) {
    const float *in = image + (long)(box_row + r) * side + box_col;
    double *out = sums + (long)r * pitch;
    double sum = 0;
    for (int c = 0; c < cols; c++) {
      out[c] = sum;
      sum += in[c];
    }
    out[cols] = sum;
  }
}

static void locate(Corners *c, const double *x, const double *y, int count) {
  for (int k = 0; k < count; k++) {
    double col = floor(x[k]), row = floor(y[k]);
    c->x[k] = x[k];
    c->y[k] = y[k];
    c->fx[k] = x[k] - col;
    c->fy[k] = y[k] - row;
    c->row[k] = (int)row - box_row;
    c->cell[k] = c->row[k] * pitch + (int)col - box_col;
  }
}

static inline double inside(long at, double dy, double m) {
  double p = sums[at];
  return dy * (p + (sums[at + 1] - p) * m);
}

/* Mean of G over x0..x1 in one row; positions count from the column of `at`. */
static double row_mean(long at, double x0, double x1) {
  double low = fmin(x0, x1), high = fmax(x0, x1);
  double first_cell = floor(low), last_cell = floor(high);
  long p = at + (long)first_cell;
  if (first_cell == last_cell) return sums[p] + (sums[p + 1] - sums[p]) * 0.5 * ((low - first_cell) + (high - first_cell));
  double first = first_cell + 1 - low, last = high - last_cell;
  int cells = (int)(last_cell - first_cell);
  double sum = first * (sums[p + 1] - (sums[p + 1] - sums[p]) * 0.5 * first);
  for (int k = 1; k < cells; k++) sum += 0.5 * (sums[p + k] + sums[p + k + 1]);
  sum += last * (sums[p + cells] + (sums[p + cells + 1] - sums[p + cells]) * 0.5 * last);
  return sum / (first + (cells - 1) + last);
}

static double long_edge(long a, double fxa, double fya, int row_a, long b, double fxb, double fyb, int row_b) {
  if (row_b < row_a) return -long_edge(b, fxb, fyb, row_b, a, fxa, fya, row_a);
  int rows = row_b - row_a;
  double xb = (double)(b - a - (long)rows * pitch) + fxb;
  if (rows == 0) return (fyb - fya) * row_mean(a, fxa, xb);
  double first = 1 - fya, slope = (xb - fxa) / (first + (rows - 1) + fyb), x = fxa, total = 0;
  double low = fmin(fxa, xb), high = fmax(fxa, xb);
  for (int r = 0; r <= rows; r++) {
    double dy = r == 0 ? first : r == rows ? fyb : 1;
    double end = r == rows ? xb : fmin(high, fmax(low, fxa + (first + r) * slope));
    total += dy * row_mean(a + (long)r * pitch, x, end);
    x = end;
  }
  return total;
}

/* One row line and one column line, towards larger rows: a's cell, the one between, b's cell. */
static double diagonal(long a, double fxa, double fya, long b, double fxb, double fyb) {
  if (b < a) return -diagonal(b, fxb, fyb, a, fxa, fya);
  int right = b - a == pitch + 1;
  double ax = right ? 1 - fxa : fxa, bx = right ? fxb : 1 - fxb, ay = 1 - fya, by = fyb;
  double yc = (ay + by) * ax / (ax + bx), xr = (ax + bx) * ay / (ay + by) - ax;
  long line = a + right, near = right ? -1 : 1;
  double pa = sums[line], pb = sums[line + pitch];
  double va = pa - sums[line + near], vc = sums[line + pitch - near] - pb;
  double bends = yc < ay ? (sums[line - near] - pa) * xr * (ay - yc) + vc * (xr + bx) * by
                         : va * (xr - ax) * ay + (pb - sums[line + pitch + near]) * xr * (yc - ay) + vc * bx * (ay + by - yc);
  if (yc < ay) return ay * pa + by * pb + 0.5 * (bends - va * ax * yc);
  return ay * pa + by * pb + 0.5 * bends;
}

static inline double edge(const Corners *from, int i, const Corners *to, int j) {
  long a = from->cell[i], b = to->cell[j];
  double fxa = from->fx[i], fya = from->fy[i], fxb = to->fx[j], fyb = to->fy[j];
  long step = b - a;
  if (step == 0) return inside(a, fyb - fya, 0.5 * (fxa + fxb));
  if (step == 1 || step == -1) {
    int right = step == 1;
    double la = right ? 1 - fxa : fxa, lb = right ? fxb : 1 - fxb;
    double h = 0.5 / (la + lb), qa = la * la * h, qb = lb * lb * h;
    long line = a + right;
    double p = sums[line], ql = right ? qa : qb, qr = right ? qb : qa;
    return (fyb - fya) * (p - (p - sums[line - 1]) * ql + (sums[line + 1] - p) * qr);
  }
  if (step == pitch || step == -pitch) {
    int down = step == pitch;
    double la = down ? 1 - fya : fya, lb = down ? fyb : 1 - fyb;
    double xm = fxa + la / (la + lb) * (fxb - fxa);
    return inside(a, down ? la : -la, 0.5 * (fxa + xm)) + inside(b, down ? lb : -lb, 0.5 * (xm + fxb));
  }
  long size = labs(step);
  if (size == pitch + 1 || size == pitch - 1) return diagonal(a, fxa, fya, b, fxb, fyb);
  return long_edge(a, fxa, fya, from->row[i], b, fxb, fyb, to->row[j]);
}

static void tile(const float *image, int side, const double *x, const double *y, int n, Corners *top, Corners *bottom, double *vertical,
                 float *out) {
  int count = n + 1;
  double low_x = x[0], high_x = x[0], low_y = y[0], high_y = y[0];
  for (int k = 1; k < count * count; k++) {
    low_x = x[k] < low_x ? x[k] : low_x;
    high_x = x[k] > high_x ? x[k] : high_x;
    low_y = y[k] < low_y ? y[k] : low_y;
    high_y = y[k] > high_y ? y[k] : high_y;
  }
  box_col = (int)floor(low_x);
  box_row = (int)floor(low_y);
  int cols = (int)floor(high_x) + 1 - box_col, rows = (int)floor(high_y) + 1 - box_row;
  pitch = cols + 1;
  prefix_sums(image, side, cols, rows);
  locate(top, x, y, count);
  for (int k = 0; k < n; k++) top->edge[k] = edge(top, k, top, k + 1);
  for (int r = 0; r < n; r++) {
    locate(bottom, x + (r + 1) * count, y + (r + 1) * count, count);
    for (int k = 0; k < n; k++) bottom->edge[k] = edge(bottom, k, bottom, k + 1);
    for (int k = 0; k < count; k++) vertical[k] = edge(top, k, bottom, k);
    for (int k = 0; k < n; k++) {
      double dx1 = bottom->x[k + 1] - top->x[k], dy1 = bottom->y[k + 1] - top->y[k];
      double dx2 = bottom->x[k] - top->x[k + 1], dy2 = bottom->y[k] - top->y[k + 1];
      double area = 0.5 * (dx1 * dy2 - dx2 * dy1);
      out[r * n + k] = (float)((top->edge[k] + vertical[k + 1] - (bottom->edge[k] + vertical[k])) / area);
    }
    Corners swap = *top;
    *top = *bottom;
    *bottom = swap;
  }
}

static void *read_all(const char *path, size_t bytes) {
  void *data = malloc(bytes);
  FILE *file = fopen(path, "rb");
  if (!data || !file || fread(data, 1, bytes, file) != bytes) {
    fprintf(stderr, "cannot read %zu bytes of %s\n", bytes, path);
    exit(2);
  }
  fclose(file);
  return data;
}

int main(int argc, char **argv) {
  if (argc != 8) return 2;
  int side = atoi(argv[2]), n = atoi(argv[4]), tiles = atoi(argv[5]), rounds = atoi(argv[6]);
  long pixels = (long)n * n, corners = (long)(n + 1) * (n + 1);
  float *image = read_all(argv[1], (size_t)side * side * sizeof(float));
  double *x = read_all(argv[3], 2 * (size_t)tiles * corners * sizeof(double));
  float *out = malloc((size_t)tiles * pixels * sizeof(float));
  double *vertical = malloc((n + 1) * sizeof(double));
  sums = malloc((size_t)side * (side + 1) * sizeof(double));
  if (!out || !vertical || !sums) return 2;
  Corners top = corners_of(n + 1), bottom = corners_of(n + 1);
  double least = 1e300;
  for (int round = 0; round < rounds; round++) {
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (int k = 0; k < tiles; k++) {
      const double *tile_x = x + 2 * k * corners;
      tile(image, side, tile_x, tile_x + corners, n, &top, &bottom, vertical, out + k * pixels);
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    double ns = (end.tv_sec - start.tv_sec) * 1e9 + (end.tv_nsec - start.tv_nsec);
    if (ns < least) least = ns;
  }
  FILE *file = fopen(argv[7], "wb");
  size_t count = (size_t)tiles * pixels;
  if (!file || fwrite(out, sizeof(float), count, file) != count || fclose(file)) return 2;
  printf("%.4f\n", least / count);
  return 0;
}
