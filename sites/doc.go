// Package sites is the run sheet: which databases, in which order, what was
// done and what is left. Start with Fleet, which knows the sites of a policy
// and how to reach them, and FleetPlan, which is what an administrator reads
// and approves.
//
// One run goes Fleet.Read → Plan → Fleet.Apply → Fleet.Verify. Plan is a pure
// function, so that everything between reading and writing can be tested
// without a server. Sites are read and changed in parallel, each on its own;
// one that fails leaves the others done, and is reported.
package sites
