package sandbox

import "strings"

// lockMode is the strength of a lock.
type lockMode int

// The modes of sp_getapplock. SIX, which no caller can ask for, is left out.
const (
	lockIntentShared lockMode = iota
	lockShared
	lockUpdate
	lockIntentExclusive
	lockExclusive
)

// lockModes are the modes by the names that sp_getapplock takes and APPLOCK_MODE returns.
var lockModes = []string{"IntentShared", "Shared", "Update", "IntentExclusive", "Exclusive"}

// String returns the name of m.
func (m lockMode) String() string { return lockModes[m] }

// parseLockMode finds a mode by its name, without regard to case.
func parseLockMode(name string) (lockMode, bool) {
	for i, n := range lockModes {
		if strings.EqualFold(n, name) {
			return lockMode(i), true
		}
	}
	return 0, false
}

// lockCompatible is the table "Lock compatibility" of the engine's locking guide, by held and wanted mode.
var lockCompatible = [5][5]bool{
	lockIntentShared:    {true, true, true, true, false},
	lockShared:          {true, true, true, false, false},
	lockUpdate:          {true, true, false, false, false},
	lockIntentExclusive: {true, false, false, true, false},
	lockExclusive:       {false, false, false, false, false},
}
