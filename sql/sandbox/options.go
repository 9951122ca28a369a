package sandbox

import (
	"crypto/rand"
	"io"
	"time"

	"grantree/sql/sandbox/internal/security"
)

// Options say what server to make. The zero value is a server with no password for sa, which then cannot log in over
// the wire; see [Server.Exec].
type Options struct {
	// SAPassword is the password of sa; empty disables the login.
	SAPassword string
	// Collation is that of the instance and of databases that name none; empty is SQL_Latin1_General_CP1_CI_AS.
	Collation string
	// Name is the server's name, "SANDBOX" when empty.
	Name string
	// TLS offers encryption with a self-signed certificate. RequireTLS refuses clients that do not encrypt.
	TLS, RequireTLS bool
	// Lockout is the number of wrong passwords in a row that locks a login with CHECK_POLICY; 0 means 5, negative never.
	Lockout int
	// WriteWait is how long a writer waits for another one where LOCK_TIMEOUT would let it wait for ever (then 1222): the
	// one that it waits for may be the same client's, which would wait as long. 0 means 20 seconds.
	WriteWait time.Duration
	// Entra makes it a server that finds accounts of Entra; those of Windows it always finds. Nobody can log in as either.
	// Groups are the names of those that are groups.
	Entra  bool
	Groups []string
	// Clock tells the time; nil is time.Now. Rand makes SIDs, salts and NEWID; nil is crypto/rand.
	Clock func() time.Time
	Rand  io.Reader
	// Faults are injected from the start; see [Server.Inject].
	Faults []Fault
	// Log hears what went wrong inside; nil drops it. It never sees a password.
	Log func(format string, args ...any)
}

// The version that the server gives itself: SQL Server 2022 with a cumulative update, Developer Edition.
const (
	versionText = "Microsoft SQL Server 2022 (RTM-CU14) (KB5038325) - 16.0.4135.4 (X64) \n\tJul 10 2024 14:09:09 \n\t" +
		"Copyright (C) 2022 Microsoft Corporation\n\tDeveloper Edition (64-bit) on Linux (grantree sandbox)"
)

// wireVersion is that of the product as PRELOGIN and LOGINACK carry it.
var wireVersion = [4]byte{16, 0, 0x10, 0x27}

// filled returns o with its defaults.
func (o Options) filled() Options {
	if o.Collation == "" {
		o.Collation = security.DefaultCollation
	}
	if o.Name == "" {
		o.Name = "SANDBOX"
	}
	if o.Lockout == 0 {
		o.Lockout = 5
	}
	o.Lockout = max(o.Lockout, 0)
	if o.WriteWait == 0 {
		o.WriteWait = 20 * time.Second
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Log == nil {
		o.Log = func(string, ...any) {}
	}
	return o
}
