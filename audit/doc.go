// Package audit judges what a server wrote down by itself: its error log, its
// default trace, its audits. It turns their rows into events, and says what they
// cannot know. It is pure: package sql/mssql reads the rows, tests record them.
// Start with Gather.
package audit
