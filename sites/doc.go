// Package sites is the run sheet: which databases, in which order, what was
// done and what is left. Start with Fleet, which knows the sites of a policy
// and how to reach them, and FleetPlan, which is what an administrator reads
// and approves.
//
// One run goes Fleet.Read → Plan → Fleet.Apply → Fleet.Verify. Plan is a pure
// function, so that everything between reading and writing can be tested
// without a server. Sites are read and changed in parallel, each on its own;
// one that fails leaves the others done, and is reported.
//
// Of many sites a run keeps of each what it asks of it beside others, and lets the
// rest go as soon as the site is planned: ReadAndPlan is Read and Plan in one. What
// is kept of a site, and what for:
//
//   - its facts: how many statements there are, whom they are about and how, which
//     logins its users wait for, who is put out. The screens, the questions before an
//     apply and the plans of servers ask for these.
//   - its accounts, packed: principals, memberships, who may connect, and the logins
//     of its server. The seats are counted from these, before the plan and after it.
//   - its findings, and what stands in its way.
//   - the fingerprint of its state and a digest of its statements, by which an apply
//     knows the plan again that it makes under the site's lock.
//   - what the reader of the plan will see of it (PlanOptions.Sketch).
//
// Where a plan may have to be made again without some people (seats are limited, a
// login may be somebody else's) the rest of the snapshot is in a temporary file. What
// is the same in several sites is kept once.
package sites
