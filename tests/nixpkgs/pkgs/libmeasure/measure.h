/* The number of bits of a pointer, and what was given, doubled. */
int measure_pointer(void);
int measure_double(int value);
#define MEASURE_LIMIT 1000
