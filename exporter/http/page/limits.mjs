// SPDX-License-Identifier: Apache-2.0
// When a new member without a new KEK registers, in seconds after the KEK's expiry: within the
// first window, and where the key server is old once more within the second (exporter/model/kek_timing.h).
export const WINDOW_FROM = -190, WINDOW_TO = -40, SECOND_TO = 80;
