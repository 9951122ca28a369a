package tds

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestNegotiate is the table of MS-TDS 2.2.6.5.
func TestNegotiate(t *testing.T) {
	type answer struct {
		reply byte
		mode  encryptionMode
	}
	for name, c := range map[string]struct {
		client byte
		server encryptionPolicy
		want   answer
	}{
		"off, never":            {EncryptOff, encryptNever, answer{EncryptNotSupported, modeClear}},
		"on, never":             {EncryptOn, encryptNever, answer{EncryptNotSupported, modeClear}},
		"cannot, never":         {EncryptNotSupported, encryptNever, answer{EncryptNotSupported, modeClear}},
		"off, optional":         {EncryptOff, encryptOptional, answer{EncryptOff, modeLogin}},
		"on, optional":          {EncryptOn, encryptOptional, answer{EncryptOn, modeFull}},
		"cannot, optional":      {EncryptNotSupported, encryptOptional, answer{EncryptNotSupported, modeClear}},
		"off, forced":           {EncryptOff, encryptForced, answer{EncryptRequired, modeFull}},
		"on, forced":            {EncryptOn, encryptForced, answer{EncryptOn, modeFull}},
		"cannot, forced":        {EncryptNotSupported, encryptForced, answer{EncryptRequired, modeRefused}},
		"strict, optional":      {EncryptStrict, encryptOptional, answer{EncryptNotSupported, modeRefused}},
		"strict, never":         {EncryptStrict, encryptNever, answer{EncryptNotSupported, modeRefused}},
		"nonsense is a refusal": {77, encryptOptional, answer{EncryptNotSupported, modeRefused}},
	} {
		t.Run(name, func(t *testing.T) {
			var got answer
			if got.reply, got.mode = negotiate(c.client, c.server); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestLoginComesBack(t *testing.T) {
	text := rapid.StringN(0, 40, -1)
	rapid.Check(t, func(t *rapid.T) {
		want := Login{
			Version: rapid.SampledFrom(versions).Draw(t, "version"), PacketSize: rapid.IntRange(0, 40000).Draw(t, "size"),
			HostName: text.Draw(t, "host"), UserName: text.Draw(t, "user"), Password: text.Draw(t, "password"),
			AppName: text.Draw(t, "app"), ServerName: text.Draw(t, "server"), ClientInterface: text.Draw(t, "interface"),
			Language: text.Draw(t, "language"), Database: text.Draw(t, "database"), AttachFile: text.Draw(t, "file"),
			InitialDatabaseFatal: rapid.Bool().Draw(t, "fatal"), ReadOnlyIntent: rapid.Bool().Draw(t, "read only"),
			Integrated: rapid.Bool().Draw(t, "integrated"), ODBC: rapid.Bool().Draw(t, "odbc"), PID: 7, LCID: 1033, TimeZone: -60,
			ClientID: [6]byte{1, 2, 3, 4, 5, 6},
		}
		if levelOf(want.Version) >= level72 {
			want.NewPassword, want.ChangePassword = text.Draw(t, "new"), true
		}
		if rapid.Bool().Draw(t, "features") {
			want.Features = []Feature{{1, []byte{}}, {10, []byte{1}}}
		}
		var got Login
		err := got.Decode(want.Append(nil))
		if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatal(err, got)
		}
		type fields Login // without Format
		if diff := cmp.Diff(fields(want), fields(got)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestLoginKeepsItsPasswords(t *testing.T) {
	l := Login{Version: Version74, UserName: "ada", Password: "hunter2", NewPassword: "hunter3", ChangePassword: true}
	var shown []string
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		shown = append(shown, fmt.Sprintf(verb, l), fmt.Sprintf(verb, &l))
	}
	b, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	shown = append(shown, string(b), l.String(), l.GoString())
	whole := l.Append(nil)
	for n := range whole {
		var cut Login
		if err := cut.Decode(whole[:n]); err != nil {
			shown = append(shown, err.Error())
		}
	}
	for _, s := range shown {
		if strings.Contains(s, "hunter") || strings.Contains(s, fmt.Sprintf("%x", "hunter")) {
			t.Errorf("a password shows in %q", s)
		}
	}
}

func TestFaultClose(t *testing.T) {
	// The second packet out is the first answer after the login.
	addr := serve(t, &Server{Fault: func(p FaultPoint) FaultAction {
		return FaultAction{Close: p.Out && p.N == 2}
	}})
	c := loggedIn(t, addr, Version74)
	q := Batch{Text: "rows 1"}
	c.send(packetBatch, 0, q.Append(nil, c.version))
	c.closed()
}

// TestFaultPoints shows where a Fault is asked.
func TestFaultPoints(t *testing.T) {
	points := make(chan FaultPoint, 10)
	addr := serve(t, &Server{Fault: func(p FaultPoint) FaultAction { points <- p; return FaultAction{Delay: 1} }})
	loggedIn(t, addr, Version74).batch("rows 1", 0)
	want := []FaultPoint{
		{SPID: 51, N: 1, Type: packetLogin}, {SPID: 51, Out: true, N: 1, Type: packetResponse},
		{SPID: 51, N: 2, Type: packetBatch}, {SPID: 51, Out: true, N: 2, Type: packetResponse},
	}
	for i, p := range want {
		if got := <-points; got != p {
			t.Errorf("point %d is %+v, want %+v", i, got, p)
		}
	}
}

func TestConnClose(t *testing.T) {
	e := &echo{begun: make(chan string, 1), ended: make(chan error, 1)}
	s := &Server{Handler: e}
	c := loggedIn(t, serve(t, s), Version74)
	c.send(packetBatch, 0, (&Batch{Text: "wait"}).Append(nil, c.version))
	<-e.begun
	s.mu.Lock()
	victim := s.conns[firstSPID]
	s.mu.Unlock()
	victim.Close()
	if why := <-e.ended; why == nil || errors.Is(why, errCancelled) {
		t.Errorf("the session saw %v", why)
	}
	c.closed()
}

func TestServerClose(t *testing.T) {
	e := &echo{begun: make(chan string, 1), ended: make(chan error, 1)}
	s := &Server{Handler: e}
	addr := serve(t, s)
	idle, half, busy := loggedIn(t, addr, Version74), dial(t, addr), loggedIn(t, addr, Version74)
	busy.send(packetBatch, 0, (&Batch{Text: "wait"}).Append(nil, busy.version))
	<-e.begun
	s.Close()
	idle.closed()
	half.closed()
	if _, err := net.Dial("tcp", addr); err == nil {
		t.Error("a closed server accepts")
	}
	busy.closed()
}

func TestRequireEncryptionNeedsCertificate(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := (&Server{Handler: &echo{}, RequireEncryption: true}).Serve(context.Background(), l); err == nil {
		t.Error("it serves without a certificate")
	}
}
