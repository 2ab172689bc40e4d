// The catalogue of what a record can get wrong: one rule, one severity, one sentence that says what it means.
export type Severity = 'contradiction' | 'warning' | 'note';
export type Rule = {
  readonly id: string;
  readonly severity: Severity;
  /** What the rule finds, for the catalogue; the anomaly itself carries the sentence with names and instants. */
  readonly says: string;
};

const rules = {
  'state-forbidden': ['contradiction', 'A state was recorded that its life cycle does not reach from the one before.'],
  'moved-without-record': [
    'contradiction',
    'A VM is on another host than the record put it on, and no move is recorded.',
  ],
  'updated-repeated': ['contradiction', 'The same “updated” time is reported for two different migrations.'],
  'bricks-elsewhere': ['contradiction', 'Bricks are in a subnet that none of the introduced storage nodes is in.'],
  'vm-on-two-hosts': ['contradiction', 'A VM is reported on two hosts at one instant.'],
  'completed-host-unchanged': ['contradiction', 'A migration completed, and the VM is still reported on its source.'],
  'evacuated-from-up-host': ['contradiction', 'A VM was evacuated from a host whose service is up; Nova refuses that.'],
  'vm-disappeared': ['contradiction', 'A VM is missing from a complete listing, and no delete is recorded.'],
  'two-recoveries': ['contradiction', 'A VM was recovered twice from one failure of its host.'],
  'deleted-vm-reported': ['contradiction', 'A deleted VM is reported again.'],
  'flows-disagree': ['contradiction', 'A dumped flow table is not what Neutron would program for the ports on record.'],
  'move-not-allowed': ['contradiction', 'A move began in a state from which Nova refuses it.'],
  'unknown-migration': ['warning', 'A status of a migration whose beginning is not on record.'],
  'move-unfinished': ['warning', 'A move began while nothing said how the one before it ended.'],
  'memory-over-capacity': ['warning', 'More memory is allocated on a host than it may give.'],
  'vcpu-over-capacity': ['warning', 'More vCPUs are allocated on a host than it may give.'],
  'pcpu-over-capacity': ['warning', 'More dedicated CPUs are allocated on a host than it has.'],
  'disk-over-capacity': ['warning', 'More local disk is allocated on a host than it may give.'],
  'inactive-binding-left': [
    'warning',
    'A rolled-back migration left an inactive port binding, which blocks the next attempt.',
  ],
  'allocation-left': [
    'warning',
    'Placement charges a host for a VM that is neither on it nor on its way to or from it.',
  ],
  'vms-on-removed-host': ['warning', 'A host left the cluster while VMs were still on it.'],
  'snapshot-disagrees': [
    'warning',
    'A listing contradicts what is on record about a VM that did not change by itself.',
  ],
  'sampled-nobody': ['warning', 'Telemetry came for a roster that was never set, or does not fit it.'],
  'unknown-event': ['warning', 'An event of a type or version this program does not know.'],
} as const satisfies Record<string, readonly [Severity, string]>;

export type RuleId = keyof typeof rules;

export const RULES: readonly Rule[] = Object.entries(rules).map(([id, [severity, says]]) => ({ id, severity, says }));

const severities = new Map<string, Severity>(RULES.map((r) => [r.id, r.severity]));
const sentences = new Map<string, string>(RULES.map((r) => [r.id, r.says]));
/** What a rule finds, in a sentence; a rule of a newer log by its name. */
export const meaningOf = (rule: string): string => sentences.get(rule) ?? `${rule.replaceAll('-', ' ')}.`;

/** A rule of a newer log is shown as a note. */
export const severityOf = (rule: string): Severity => severities.get(rule) ?? 'note';
