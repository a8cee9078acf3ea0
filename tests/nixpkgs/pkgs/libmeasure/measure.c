#include "measure.h"

int measure_pointer(void) { return (int)sizeof(void *) * 8; }

int measure_double(int value) { return value > MEASURE_LIMIT ? MEASURE_LIMIT : 2 * value; }
