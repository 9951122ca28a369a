package mssql

import (
	"net"
	"net/url"
	"slices"
	"strings"
)

// Encryption is what a server's url asks of its connections.
type Encryption struct {
	Session  bool // all of it is encrypted, not the login alone
	Nothing  bool // encrypt=disable: not even the login is
	Checked  bool // the server's certificate is checked
	Loopback bool // the server is on this machine, by its address
}

// EncryptionOf reads a server's url, and nothing else, as the driver does. One
// without encrypt asks for everything: a session that is encrypted, with a
// server whose certificate is checked. What is no address is the zero value.
func EncryptionOf(rawURL string) Encryption {
	u, err := url.Parse(rawURL)
	if err != nil {
		return Encryption{}
	}
	e := Encryption{Session: true, Checked: true, Loopback: isLoopback(u.Hostname())}
	strict := false
	for key, values := range u.Query() {
		value := strings.ToLower(values[0])
		switch strings.ToLower(key) {
		case "encrypt":
			strict = value == "strict"
			e.Nothing = value == "disable"
			e.Session = strict || slices.Contains([]string{"mandatory", "yes", "1", "t", "true"}, value)
		case "trustservercertificate":
			e.Checked = slices.Contains([]string{"no", "0", "f", "false"}, value)
		}
	}
	e.Checked = e.Checked || strict
	return e
}

// isLoopback reports whether an address cannot leave this machine.
func isLoopback(host string) bool {
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return ip != nil && ip.IsLoopback() || ip == nil && (host == "" || host == "." || strings.EqualFold(host, "localhost") || strings.EqualFold(host, "(local)"))
}

// shown is a url for a message: its scheme, host and instance; of one that is
// none, or has a user in it, nothing. What its options say could be a secret, if
// only for a slip of the pen.
func shown(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || strings.Contains(raw, "@") {
		return "(not shown: it may hold a password)"
	}
	out := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	return out.String()
}
