#ifndef CHAT3_CMONGOC_SHIM_H
#define CHAT3_CMONGOC_SHIM_H

#include <bson/bson.h>
#include <mongoc/mongoc.h>

#endif
