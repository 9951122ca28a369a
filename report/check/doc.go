// Package check opens the page of a report in a real browser. It is a module of its
// own, so that grantree does not depend on what drives a browser; .ci/run runs it.
package check
