// Words that a scrubbed sentence may keep: English and OpenStack's own. Any other word in it may be somebody's name.
const WORDS = `
a abort aborted about above absent absolute accelerator accelerators accept accepted access action actions
activate activates active acts add added addr address addresses adds admin administration administrator af
affinity after again against age ageing agent agents aggregate aggregateioops aggregates agree alias all
allocate allocated allocation allocations allowed already also although always amd among amortised an anchors
and announce announcements announces another answered anti antiaffinity any apart api appctl appear appears
application applied apt architecture are arp arping arrives article as ascending asked asks assumed assumption
async at atomically attach attached attachment attachments attempt attempted attempts attr audit auth auto avail
availability availabilityzone available awaiting az back backed backend backup bad bandwidth bars base basic
batches bdm bdms be became because becomes been before began begin beginning begins begun behind belong below
between beyond binary bind binding bindings bit black blackout block blocked blockers blocks bool boot bootable
both bound bounded br brain breaks brick bricks bridge bridged bridges broadcast buff bug bugs build
buildfailure building builds bulk bum bump burst but by byte bytes cacert cache cached calibration call calls
came can canary cancel cancelled candidate candidates cannot cap capacity captured carried carries carry cast
casts cause cd ceased ceil cell cells ceph cert change changed changepassword changes charged charges check
checks checksum chg chkconfig chmod choices chooses chosen chown churn cinder claim claims class classic
classify cleaned cleanup clears cli client clients clock clone cloud cluster code coded codes coding cold
collapse collected column columns com come comes command commit common compare comparison complete completed
completes completion compute computed computefilter computes concurrency concurrent conditional conductor conf
config configuration configured confirm confirmed confirming confirmresize connect connections connectivity
connector consistent console construction consumer consumers consumes container context contexts continuation
contradiction contradicts contributor control controller converge convergence cookie copied copy core cores
correct cost costs count counted counters counts cover cpu cpus crash crashed create createbackup created
createimage critical crm cross crosscell crypto csum csv current cut cyborg cycle cycles data datapath date
dates db de deactivate dead debug decap decaps decides decision decorated decorator decorators dedicated default
defaults define delay delete deleted deletes deleting delivered deliveries depends deprecated derived described
description dest destination destinations destroy detach detached detail details detect detection determined
device devices df dhcp dictionary did diffed difference different differenthost differs direct direction
director directory dirs dirtied dirty dirtybytespers dirtypagespers disable disabled disabling disagrees
disappeared disconnect disk diskgib disks disperse display distinct distribute distributed dl dma dnf do doc
docs docstring document does domain dominates done dont doubled down downtime downtimelimitms downtimems dpctl
dpdk dpdkvhostuser drain drill drive driver drop dropped drops dst dstport dt dump dumped dumps duplicate
duration during dvr each earlier echo ecmp effect effective egress elapsed else elsewhere emc emits empty
emsgsize emulator enable enabled encap encapsulation encryption end ended endings endpoint ends engine enough
entities entity entries entropy entry envelope ephemeral equal equals equations error errors eth ethernet evac
evacuate evacuated evacuation evacuationlimits evacuations even evenly event events eventtype ever every
everyone evidence exact example exceed exceeded exception exceptionpayload exceptions excluded excludes executed
executor exist exists exited expect expected expire explain explicit export ext extend extended extra extract
fabric fabrics facts fail failed failover fails failure failures false fanout fanouts fans far fatal fault
faults fcs fdb feature fence fenced fencing fetches few fewer ff fff field fields figure figures file files
filter filters final finally finish finished finishes firewall first fit fits fixed flag flags flaky flat flavor
flavorid flavorpayload flavors flood flooded flooding floor flow flows following follows for forbidden force
forced forces form format formats formula formulas found four fragment fragments frame frames free freed from
full function future gap garp gave gb gbps general geneve get ghz gib give given gives glance global gluster
glusterfs go goes gone got goto gre grep group groups gso guard guest gz ha had halt halted hard hardirq has
hash have hdr he head header headers hears heartbeat heartbeats held help helps here hex hide hint hints
historical history hit holds hole homed honest horizon host hostid hostname hosts hot hours how http https huge
hugepage hugepages human hundred hw hyperthreads hypervisor hyphen i iana icmp id idempotent idle ids if
ifconfig iff ifg ifname igmp ignore ignored ignores image imageproperties imageprops images img implement in
inactive inbound incident included including increasing indent independent index inf infer inferred info init
initial initiator injected injects inner input insecure inserted inside installs instance instancepayload
instances instancestate instant instead int intact intake integer interface interfaces interleaved internal
internals interval intervalms into introduced ints invalid invalidcpuinfo inventories inventory io ioops iov ip
iperf ippayload ips ipv ironic is isoinstant isolate isolatedhosts issued it its itself job join journal json
jsonfilter jsonl jumbo just kb keep keeping keeps kept kernel key keypair keypairs keys keystone kills kind know
knowledge known kvm label lacks land large larger last late later latest launched learn learned learning least
leave leaves leaving left legacy len length lets level libvirt libvirtd lies life lifetime limit limits line
lines link links linux list listing lists literally little live lives lm ln load loaded local localip localised
lock locked log logevent logged logger logic logs long longer looks lookup lookups loop lose loses loss lost
lower lv lvm mac machine machines macs made main maintaining maintenance major make makes manage manager
mandatory manila many map mapped mapping marked marks masakari master match math max mb mcast md mdev meaning
means measured megaflow mem member members memory mentioned mesh message messages messaging messagingv meta
metadata method methods metric metrics metricsfilter mgmt mib microflow microversion mid migratable migrate
migrated migratetouri migrating migration migrations min minima minimal minimums minor mismatch miss missed
missing mixed mk mkdir mkfs ml mod mode model modelled modprobe mods module moment monitor monitoring more most
motion mount mounted movable move moved moves moving mpps ms mtbf mttr mtu much multicast multiple multiplier
must mutable mutually my mysql na name named nameof names namespace napi native nc nd ne needed needs negative
neither net netbytespers netdev network networking networks neutron never new newer next nfs nic no nobody node
nodes non none nor normal normalise normalised nostate not note noted notes nothing notices notif notification
notifications notifs notify nova novaclient novaevacuate novalidhost now null num numa number numbers
numinstances nx nxm object objects observed obtained of ofctl off offload offloaded offloading offloads offset
ofports old older omitted on once one ones ongoing onhost only op open openflow openstack openstackclient
openvswitch operation operators ops option optional optionally options or order orderings orig original os osc
oslo oss other others our out outcome outer outgoing output outputs over overhead overlay overridden overrides
overwrite overwrites ovs ovsdb own pacemaker packet packets page pages pair pairs panic parallel param parse
parsing partition parts passes passthrough password patch path paths pause paused pausing payload pci pcp pcpu
peer peers pending per period permit permitted person phase physical physnet pick picture pid ping pinned
pinning pipeline pkt place placement plain plan plane play plug plugged plugging plugin plugs pmd point points
policies policy poll polled polls pool pools pop popped pops populated population port ports positive possible
post postcommit power powering poweroff powerstate pps practice pre preamble preconditions prefilter prefilters
prefix prep preparing present printed prints prio priority priors process processed prod profile program
progress progressed project projects prop properties property protection provider provision provisioning proxmox
public published publisher pull push put pve pvp px py python qemu quadratic queries queue queued quirk quota ra
raised ram ramdisk rammib ran random randomly rarp rarps rate rates ratio rbd re reach reached react read
reading readout reads ready real really reason reasons reboot rebooted rebooting rebuild rebuilding rebuilt
receive receivers recent reclaim reclaimed recomputes reconfigured record recorded records recover recovered
recoveries recovery recreate ref reference refresh refreshed refused refuses region registry relative release
relnote relocate rely remain remaining remark remote remotehost remoteip removal remove removed removes repeat
repeated repeats replace replaced replaying replica replicas replicate replicates reply report reported
repository reproduce req request requested requestid requests required reschedule rescue rescued rescuing resend
reservation reserved reset resetstate residuals resize resized resource resources responder restart restarted
restarts restore restored restoring restricts resubmit result results resume resumed resumes resuming retries
retry return returned returns reuse reused revert reverted reverting revertresize rewrite rh rig right risks rms
rng robustness role rollback rolled rom root roster round rounds router routers row rows rpc rss rst rt rule
rules run running runs said same samehost sample sampled samples save saved says scale scan sched schedule
scheduled scheduler scheduling scheme sec second seconds secret secs section security see seed seen sees seg
segment segmentation select self semantic semantics send sender sends sent sentence separate seq server
servergroup servers service servicedowntimes services session set sets setting settings settled setup sev
several sha shape share shared shares sharing shelve shelved shelveoffload shelving shorter show showed shown
shows shut shutdown shutoff sigcomm sim simulated since single size sk skb skip skippable skipped sleep slice
slow snapshot so soft softirq some something sort source spa spare spawn spawning spawns spec specs split spoken
spoof spoofed spread sqlite sr src srv stack stage stages stale stamp start started state states static stats
status statuses stay stays step steps still stop stopped stops storage story storyentities stranded strange
strategies strategy strict string stringify strip sts submit subnet subnets subset subtracts succeeded success
successfully such suffix sum summary supplying supports suppressed suspend suspended suspending swap switch
switched switching switchover symbols sync synthesise sysctl system systemctl table tables tag tagged tags takes
tally tap target targets task taskstate tci tcp teb telemetry tells temp temporarily tenant tenants terminated
termination test text textat tha than that the their them then there therefore these they this those thousand
thread threads through tighter time timed timeout timeouts timestamp timing tls tnl to today tofixed together
toisostring token told tombstone tone too took tool top topic total totalms totals towards tpa tpm trace
traceback traces tracker traffic trait transcript translation transport travels treat tree tried trigger
triggered true truncated try ts tso ttl tun tunnel tunnelled tunnels twice two type typebox types typography
ucast udp umount unable unbound uncertain unchanged undefined under underlay underscore undo unfinished unicast
unidirectional union unit unknown unless unlink unlock unmodified unpause unpausing unpinned unplug unplugged
unreachable unreliable unrescue unrescuing unset unshelve unshelving unsigned untagged until unused unversioned
up upcall update updated updatedat updates updating upload uploading uptime uri url usage use used useful user
users userspace uses usg usual usually utc uuid valid value values vanish vcpu vcpus vda vdpa vectors venv
verified verify version versioned versus veth vfio vgpu vhost via vid vif vifs violated violation violations vir
virsh virt virtual vlan vm vmove vms vmstate vni vocabularies volume volumes vpmem vs vsctl vswitch vswitchd
vtep vteps vtpm vxlan wait waiting waits warn warning was wasted watchdog watcher watches way we web weigh
weighers weight well went were what whatever when where whether which while who whole whom whose why window wins
wire wired wiring with withfacts without words work workaround worker workload works worth would wrap wraps
write writer writes writing written wrong xdp xfs yaml yes you yum zero zone
filtering filtered talking connecting execute executing method call calling retry retries retrying scheduling rescheduled
binding remote local socket closed open opened read write written disk space device busy such directory permission
found match matching specification features feature supported unsupported cpu mismatch between because while after
`;

const known = new Set(WORDS.split(/\s+/).filter((word) => word !== ''));

/** `NoValidHost`, `MessagingTimeout_Remote`, `libvirtError`: Python's names of what went wrong. */
const EXCEPTION =
  /^(?:[A-Za-z][a-z]+)(?:[A-Z][A-Za-z]*)*(?:Error|Exception|Timeout|Failed|Failure|Invalid\w*|NotFound|Host|Exists|Unavailable|InUse|TooOld|Conflict)(?:_Remote)?$/;

/**
 * True for a word that names nobody: each part of `compute_task.rebuild_server.error` is known, and `65536` is a figure.
 * A number joined to a word (`compute-7`) makes a name of it.
 */
export const isPlainWord = (word: string): boolean =>
  /^(?:0x)?\d+(?:[.-]\d+)*$/.test(word) ||
  word.split(/[._-]+/).every((part) => known.has(part.toLowerCase()) || /^[a-z]?$/i.test(part) || EXCEPTION.test(part));
