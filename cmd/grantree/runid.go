package main

import (
	"crypto/rand"
	"encoding/hex"
	"time"
)

// runID names a run that begins now, so that no two have one name and names sort by
// time.
func runID(now time.Time) string {
	var b [4]byte
	rand.Read(b[:]) // which never fails
	return now.UTC().Format("20060102T150405Z") + "-" + hex.EncodeToString(b[:])
}
