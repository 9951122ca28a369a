// Package grantree is the root of the module and holds no code of its own: the
// command is cmd/grantree, and docs/architecture.md walks through the packages
// in the order of one run. The tests beside this file hold the layout of the
// module and the pages of docs/ to what they promise.
package grantree
