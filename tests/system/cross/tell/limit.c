#include "measure.h"

int limit(void) { return MEASURE_LIMIT; }
