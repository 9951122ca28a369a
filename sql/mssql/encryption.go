package mssql

import (
	"net"
	"net/url"
	"strings"

	"github.com/microsoft/go-mssqldb/msdsn"
)

// Encryption is what a server's url asks of its connections.
type Encryption struct {
	Session  bool // all of it is encrypted, not the login alone
	Nothing  bool // encrypt=disable: not even the login is
	Checked  bool // the server's certificate is checked
	Loopback bool // the server is on this machine, by its address
}

// EncryptionOf reads a server's url. One without encrypt asks for everything:
// a session that is encrypted, with a server whose certificate is checked.
func EncryptionOf(rawURL string) (Encryption, error) {
	config, err := configOf(Address{URL: rawURL})
	if err != nil {
		return Encryption{}, err
	}
	return Encryption{
		Session:  config.Encryption == msdsn.EncryptionRequired || config.Encryption == msdsn.EncryptionStrict,
		Nothing:  config.Encryption == msdsn.EncryptionDisabled,
		Checked:  !config.TrustServerCertificate,
		Loopback: isLoopback(config.Host),
	}, nil
}

// isLoopback reports whether an address cannot leave this machine.
func isLoopback(host string) bool {
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return ip != nil && ip.IsLoopback() || ip == nil && (host == "" || host == "." || strings.EqualFold(host, "localhost") || strings.EqualFold(host, "(local)"))
}

// shownOptions are the options of a url that a message may repeat. Any other
// could hold a secret, if only for a slip of the pen.
var shownOptions = []string{"encrypt", "trustservercertificate", "certificate", "servercertificate", "hostnameincertificate", "tlsmin"}

// shown is a url for a message: its scheme, host and instance, and what it
// says of encryption; of one that is none, or has a user in it, nothing.
func shown(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || strings.Contains(raw, "@") {
		return "(not shown: it may hold a password)"
	}
	out := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	q := url.Values{}
	for key, values := range u.Query() {
		for _, option := range shownOptions {
			if strings.EqualFold(key, option) {
				q[key] = values
			}
		}
	}
	out.RawQuery = q.Encode()
	return out.String()
}
