/* catalogue_texts: the table that the build makes of the model texts (models/catalogue.sh), sorted by name. Only
 * catalogue.c reads it. */
#pragma once

#include "models/catalogue.h"

extern const struct model catalogue_texts[];
extern const size_t catalogue_texts_count;
