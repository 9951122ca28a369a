package tds

import (
	"fmt"
)

// Login is a LOGIN7 (MS-TDS 2.2.6.4). Nothing that prints a Login shows its
// passwords.
type Login struct {
	HostName, UserName  string
	Password            string `json:"-"`
	AppName, ServerName string
	ClientInterface     string
	Language, Database  string
	// NewPassword replaces Password when ChangePassword.
	NewPassword    string `json:"-"`
	ChangePassword bool
	// AttachFile is a database file to attach.
	AttachFile string
	// InitialDatabaseFatal refuses the login when Database cannot be opened;
	// otherwise the login's default database is used with message 4063.
	InitialDatabaseFatal bool
	InitialLanguageFatal bool
	// Integrated asks for Windows authentication, which a Conn refuses itself.
	Integrated     bool
	ReadOnlyIntent bool
	ODBC           bool
	// Version is the protocol level: Version71 to Version74, or Version80.
	Version       uint32
	ClientVersion uint32
	// PacketSize is what the client asks for; 0 leaves it to the server.
	PacketSize int
	PID        int
	LCID       uint32
	TimeZone   int32
	// ClientID is the client's network address, as it says.
	ClientID [6]byte
	// Features are the FEATUREEXT entries, in order. A Conn acknowledges none.
	Features []Feature
}

// Feature is one entry of LOGIN7's feature extension.
type Feature struct {
	ID   byte
	Data []byte
}

// The protocol versions as a LOGIN7 spells them.
const (
	Version71  uint32 = 0x71000001
	Version72  uint32 = 0x72090002
	Version73A uint32 = 0x730A0003
	Version73B uint32 = 0x730B0003
	Version74  uint32 = 0x74000004
	Version80  uint32 = 0x08000000 // begins with TLS
)

// Format prints who logs in and from where, and never a password, whatever the verb.
func (l Login) Format(s fmt.State, _ rune) {
	fmt.Fprintf(s, "login of %q from %q (%s) to database %q", l.UserName, l.HostName, l.AppName, l.Database)
}

// String returns what Format prints.
func (l Login) String() string { return fmt.Sprint(l) }

// GoString returns what Format prints.
func (l Login) GoString() string { return l.String() }
