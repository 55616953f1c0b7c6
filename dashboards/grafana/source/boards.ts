// SPDX-License-Identifier: Apache-2.0
// The dashboards by the names of their files.
import { device } from './device';
import { exporter } from './exporter';
import { fleet } from './fleet';
import { group } from './group';
import { probe } from './probe';

export const boards = { fleet, group, device, probe, exporter };
