package mssql

import (
	"errors"
	"strings"
	"testing"
	"time"

	"grantree/sql/sandbox"

	"github.com/microsoft/go-mssqldb/msdsn"
)

func TestEncryptionOf(t *testing.T) {
	tests := []struct {
		name, url string
		want      Encryption
	}{
		{"nothing said means all of it, checked", "sqlserver://sql01.example", Encryption{Session: true, Checked: true}},
		{"encrypted", "sqlserver://sql01.example?encrypt=true", Encryption{Session: true, Checked: true}},
		{"from the first byte", "sqlserver://sql01.example?encrypt=strict", Encryption{Session: true, Checked: true}},
		{"whatever the case of the option", "sqlserver://sql01.example?Encrypt=DISABLE", Encryption{Nothing: true, Checked: true}},
		{"the login alone", "sqlserver://sql01.example?encrypt=false", Encryption{Checked: true}},
		{"the login alone, in other words", "sqlserver://sql01.example?encrypt=optional", Encryption{Checked: true}},
		{"any certificate", "sqlserver://sql01.example?TrustServerCertificate=true", Encryption{Session: true}},
		{"any certificate, in other words", "sqlserver://sql01.example?encrypt=mandatory&trustservercertificate=YES", Encryption{Session: true}},
		{"not any certificate", "sqlserver://sql01.example?trustservercertificate=no", Encryption{Session: true, Checked: true}},
		{"strict checks whatever is said", "sqlserver://sql01.example?encrypt=strict&trustservercertificate=true", Encryption{Session: true, Checked: true}},
		{"this machine", "sqlserver://localhost:1433", Encryption{Session: true, Checked: true, Loopback: true}},
		{"this machine by number", "sqlserver://127.0.0.9/INSTANCE?encrypt=disable", Encryption{Nothing: true, Checked: true, Loopback: true}},
		{"this machine, the long way", "sqlserver://[::1]:1433?encrypt=disable", Encryption{Nothing: true, Checked: true, Loopback: true}},
		{"a name that begins like it", "sqlserver://localhost.example", Encryption{Session: true, Checked: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := EncryptionOf(tt.url)
			if got != tt.want {
				t.Errorf("%+v; want %+v", got, tt.want)
			}
			config, err := configOf(Address{URL: tt.url}) // as the driver reads it
			driver := Encryption{Session: config.Encryption == msdsn.EncryptionRequired || config.Encryption == msdsn.EncryptionStrict,
				Nothing: config.Encryption == msdsn.EncryptionDisabled, Checked: !config.TrustServerCertificate, Loopback: got.Loopback}
			if err != nil || got != driver {
				t.Errorf("%+v; the driver makes of it %+v, %v", got, driver, err)
			}
		})
	}
}

// TestLoopback is which hosts are on this machine, as drivers write them.
func TestLoopback(t *testing.T) {
	for host, want := range map[string]bool{"": true, ".": true, "LocalHost": true, "(LOCAL)": true, "127.0.0.1": true, "127.8.9.1": true, "[::1]": true, "::1": true,
		"10.0.0.1": false, "0.0.0.0": false, "[fe80::1]": false, "sql01": false, "127.0.0.1.example": false, "local": false} {
		if got := isLoopback(host); got != want {
			t.Errorf("%q: %t", host, got)
		}
	}
	if e := EncryptionOf("sqlserver://h:x"); e != (Encryption{}) {
		t.Errorf("what is no address asks for %+v", e)
	}
}

// TestWhatIsNoAddress is refused before anything is sent.
func TestWhatIsNoAddress(t *testing.T) {
	for _, url := range []string{"", "sql01", "http://sql01", "sqlserver:", "sqlserver://", "sqlserver:///N", "sqlserver://h:port", "odbc://h"} {
		if _, err := Open(Address{URL: url}); err == nil || !strings.HasSuffix(err.Error(), ": want sqlserver://host:port?option=value") {
			t.Errorf("%q: %v", url, err)
		}
	}
}

// TestConfigOf is what the url leaves open, and what it does not.
func TestConfigOf(t *testing.T) {
	tests := []struct {
		name    string
		address Address
		app     string
		dial    time.Duration
	}{
		{"nothing said", Address{URL: "sqlserver://h", Database: "N"}, "grantree", 15 * time.Second},
		{"the url's own", Address{URL: "sqlserver://h?App+Name=mine&Dial+Timeout=3&database=other", Database: "N"}, "mine", 3 * time.Second},
		{"a connection of a kind", Address{URL: "sqlserver://h?app+name=mine", Database: "N", App: LicenceApp}, LicenceApp, 15 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := configOf(tt.address)
			if err != nil || c.Database != "N" || c.AppName != tt.app || c.DialTimeout != tt.dial || c.User != "" || c.Password != "" {
				t.Errorf("database %q, app %q, dial %v, user %q, %v", c.Database, c.AppName, c.DialTimeout, c.User, err)
			}
		})
	}
}

// TestComplaintWithoutValues keeps of the driver's words what stands before the
// first quote.
func TestComplaintWithoutValues(t *testing.T) {
	for said, want := range map[string]string{"invalid encrypt 'hunter2'": "invalid encrypt", `bad: "hunter2"`: "bad", "'hunter2' is bad": "", "no protocol": "no protocol"} {
		if got := withoutValues(errors.New(said)); got != want {
			t.Errorf("%q became %q", said, got)
		}
	}
}

// TestAddressShowsWhatIsHarmless: no message repeats what may be a secret.
func TestAddressShowsWhatIsHarmless(t *testing.T) {
	tests := []struct{ name, url, want string }{
		{"a host and an instance", "sqlserver://h:1433/I?encrypt=true", `sqlserver://h:1433/I database "N"`},
		{"another option", "sqlserver://h?passwrd=hunter2&Encrypt=false", `sqlserver://h database "N"`},
		{"a user", "sqlserver://hunter2@h", `(not shown: it may hold a password) database "N"`},
		{"no address", "hunter2", `(not shown: it may hold a password) database "N"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := Address{URL: tt.url, Database: "N", Password: "hunter2"}
			if got := a.String(); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			if _, err := Open(Address{URL: tt.url + "?encrypt=no%zz", Password: "hunter2"}); err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error repeats it: %v", err)
			}
		})
	}
}

// TestNoMessageRepeatsAnOption: what the driver does not take is named without
// its value.
func TestNoMessageRepeatsAnOption(t *testing.T) {
	for option, want := range map[string]string{
		"encrypt": "invalid encrypt", "trustservercertificate": "invalid trust server certificate", "certificate": "cannot read certificate: no such file",
		"servercertificate": "cannot read server certificate", "packet+size": "invalid packet size", "connection+timeout": "invalid connection timeout",
		"log": "invalid log parameter", "timezone": "invalid timezone", "keepalive": "invalid keepAlive value", "failoverport": "invalid failover port",
		"disableretry": "invalid disableRetry", "dial+timeout": "invalid dial timeout", "multisubnetfailover": "invalid multiSubnetFailover value",
		"guid+conversion": "invalid guid conversion", "epa+enabled": "invalid epa enabled value", "protocol": "No protocol handler",
	} {
		_, err := Open(Address{URL: "sqlserver://h?" + option + "=hunter2.pem", Database: "N"})
		if err == nil || strings.Contains(err.Error(), "hunter") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", option, err)
		}
	}
}

// TestOpenChecksTheCertificate: what a url leaves open is encrypted, with a
// server that an authority vouches for.
func TestOpenChecksTheCertificate(t *testing.T) {
	const password = "Live-Password-1"
	for _, tt := range []struct {
		name, options, refusal string
		tls                    bool
	}{
		{"a certificate of nobody's", "", "the encrypted connection could not be made: name the authority", true},
		{"the same, believed", "?TrustServerCertificate=true", "", true},
		{"no encryption", "", "the server offers no encryption, and the url asks for it", false},
		{"no encryption, wanted so", "?encrypt=disable", "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := sandbox.New(sandbox.Options{SAPassword: password, TLS: tt.tls})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if err := s.Listen("127.0.0.1:0"); err != nil {
				t.Fatal(err)
			}
			a := Address{URL: "sqlserver://" + s.Addr().String() + tt.options, User: "sa", Password: password, Database: "master"}
			db, err := Open(a)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			err = Describe(a, db.Ping())
			if (tt.refusal == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), tt.refusal) {
				t.Errorf("got %v, want %q", err, tt.refusal)
			}
		})
	}
}
