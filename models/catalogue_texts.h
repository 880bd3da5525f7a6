/* catalogue_texts: the table that the build makes of the model texts (models/catalogue.sh), sorted by name. Only
 * catalogue.c reads it. */
#ifndef RACECHECK_MODELS_CATALOGUE_TEXTS_H
#define RACECHECK_MODELS_CATALOGUE_TEXTS_H

#include "models/catalogue.h"

extern const struct model catalogue_texts[];
extern const size_t catalogue_texts_count;

#endif
