// Package check holds what stands in deploy to those whose formats it has: the Job to
// the types of the Kubernetes API, decoded strictly; the files of --metrics to the
// parser of Prometheus, and the alerts to its rules. It is a module of its own, so
// that grantree itself depends on none of them.
package check
