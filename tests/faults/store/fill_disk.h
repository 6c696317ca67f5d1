#ifndef TESTS_FAULTS_STORE_FILL_DISK_H
#define TESTS_FAULTS_STORE_FILL_DISK_H

#include "tests/unit/store/sqlite_rig.h"

/** A transaction that appends an event of about a page. */
enum error_code fill_disk_page(struct store_tx *tx, void *ctx, struct error *err);

/** Writes until it fails; the number of events that were acknowledged. */
int64_t fill_disk_until_it_fails(struct rig *r, struct error *err);

/** The error, and the store's health, say that the disk is full and what to do. */
void fill_disk_expect_full(struct rig *r, const struct error *err);

#endif
