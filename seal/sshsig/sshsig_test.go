package sshsig_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"grantree/seal/sshsig"

	"golang.org/x/crypto/ssh"
)

// keys are one of each kind that people have.
func keys(t testing.TB) map[string]any {
	t.Helper()
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rs, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]any{"ed25519": ed, "ecdsa": ec, "rsa": rs}
}

func signer(t testing.TB, key any) ssh.Signer {
	t.Helper()
	s, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func line(s ssh.Signer, who string) string {
	return who + " " + string(ssh.MarshalAuthorizedKey(s.PublicKey()))
}

// TestSSHKeygen: ssh-keygen verifies what is signed here, and what it signs is
// verified here.
func TestSSHKeygen(t *testing.T) {
	if _, err := exec.LookPath("ssh-keygen"); err != nil {
		t.Skip("it compares with ssh-keygen, which is not installed")
	}
	for kind, key := range keys(t) {
		dir, text, s := t.TempDir(), []byte("a plan\n"), signer(t, key)
		write := func(name string, data []byte) string {
			name = filepath.Join(dir, name)
			if err := os.WriteFile(name, data, 0o600); err != nil {
				t.Fatal(err)
			}
			return name
		}
		block, err := ssh.MarshalPrivateKey(key, "")
		if err != nil {
			t.Fatal(err)
		}
		private, plan := write("key", pem.EncodeToMemory(block)), write("plan", text)
		allowed := write("allowed", []byte(line(s, "carol@example.com")))
		if out, err := exec.Command("ssh-keygen", "-Y", "sign", "-n", "grantree", "-f", private, plan).CombinedOutput(); err != nil {
			t.Fatalf("%s: %s", kind, out)
		}
		theirs, err := os.ReadFile(plan + ".sig")
		if err != nil {
			t.Fatal(err)
		}
		read, err := sshsig.Read(theirs)
		if err != nil || len(read) != 1 || read[0].Verify("grantree", text) != nil {
			t.Errorf("%s: %v: ssh-keygen's signature is not taken", kind, err)
		}
		ours, err := sshsig.Sign(s, "grantree", text, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		verify := exec.Command("ssh-keygen", "-Y", "verify", "-n", "grantree", "-f", allowed, "-I", "carol@example.com", "-s", write("ours.sig", ours))
		verify.Stdin = strings.NewReader(string(text))
		if out, err := verify.CombinedOutput(); err != nil {
			t.Errorf("%s: ssh-keygen does not take ours: %s", kind, out)
		}
	}
}

// TestVerify: a signature is of one text, for one namespace, by one key.
func TestVerify(t *testing.T) {
	s := signer(t, keys(t)["ed25519"])
	text := []byte("a plan\n")
	sig, err := sshsig.Sign(s, "grantree", text, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	two, err := sshsig.Read(append(append([]byte{}, sig...), sig...))
	if err != nil || len(two) != 2 {
		t.Fatalf("%d signatures: %v", len(two), err)
	}
	for _, test := range []struct{ namespace, text, want string }{{"grantree", "a plan\n", ""}, {"file", "a plan\n", `it is for "grantree"`}, {"grantree", "a plan", "it is of another text"}} {
		err := two[1].Verify(test.namespace, []byte(test.text))
		if got := ""; err != nil && !strings.Contains(err.Error(), test.want) || err == nil && test.want != got {
			t.Errorf("%q for %q: %v", test.text, test.namespace, err)
		}
	}
	for i := range sig { // no edit of the armour makes it one of another text
		edited := append([]byte{}, sig...)
		edited[i] ^= 1
		if read, err := sshsig.Read(edited); err == nil && read[0].Verify("grantree", []byte("another plan")) == nil {
			t.Errorf("byte %d", i)
		}
	}
	for text, want := range map[string]string{"": "is empty", "x": "holds what is no SSH signature", string(sig[:60]): "is cut off", "-----BEGIN SSH SIGNATURE-----\n!\n-----END SSH SIGNATURE-----": "no base64",
		"-----BEGIN SSH SIGNATURE-----\nU1NI\n-----END SSH SIGNATURE-----": "cannot be read"} {
		if _, err := sshsig.Read([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// TestAllowedSigners: who may sign for what, and when.
func TestAllowedSigners(t *testing.T) {
	kinds := keys(t)
	carol, dave := signer(t, kinds["ed25519"]), signer(t, kinds["ecdsa"])
	b, err := sshsig.Sign(carol, "grantree", []byte("x"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sig, err := sshsig.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	tests := []struct{ file, want, why string }{
		{"# people\n\n" + line(dave, "dave") + line(carol, "carol@example.com"), "carol@example.com", ""},
		{line(carol, `"carol, or her deputy"`), "carol, or her deputy", ""},
		{line(carol, `carol namespaces="git,grantree"`), "carol", ""},
		{line(carol, `carol namespaces="git"`), "", `not allowed to sign for "grantree" (line 1`},
		{line(carol, `carol namespaces="*,!grantree"`), "", `not allowed to sign for "grantree" (line 1`},
		{line(carol, `carol namespaces="grant?ee"`), "carol", ""},
		{line(carol, `carol namespaces="g[r]antree"`), "", `not allowed to sign for "grantree" (line 1`},
		{line(carol, `carol namespaces="file",namespaces="grantree"`), "", `line 1: the option "namespaces" stands there twice`},
		{line(carol, `carol valid-before="20260101",valid-before="20300101"`), "", `line 1: the option "valid-before" stands there twice`},
		{line(carol, "!carol"), "", "line 1: a principal that is left out names nobody here"},
		{line(carol, `carol valid-after="20261121"`), "", "allowed from 2026-11-21"},
		{line(carol, `carol valid-before="202611201159Z"`), "", "was allowed until 2026-11-20"},
		{line(carol, `carol valid-after="20261101",valid-before="20261201Z"`), "carol", ""},
		{line(dave, "dave"), "", "is none of the allowed signers'"},
		{"", "", "is none of the allowed signers'"},
		{line(carol, "carol cert-authority"), "", "line 1: certificates are not read"},
		{line(carol, `carol only-on="monday"`), "", `line 1: the option "only-on" is not known`},
		{line(carol, `carol valid-after="soon"`), "", `"soon" is no time`},
		{"carol", "", "line 1: want the principals"},
	}
	for _, test := range tests {
		signers, err := sshsig.ReadSigners([]byte(test.file), time.UTC)
		who := ""
		if err == nil {
			who, err = sshsig.By(signers, sig[0], "grantree", now)
		}
		if who != test.want || (err == nil) != (test.why == "") || err != nil && !strings.Contains(err.Error(), test.why) {
			t.Errorf("%s: %q, %v", test.file, who, err)
		}
	}
}

// FuzzRead: nothing panics, and nothing that is read is one of a text that was not
// signed.
func FuzzRead(f *testing.F) {
	b, err := sshsig.Sign(signer(f, keys(f)["ed25519"]), "grantree", []byte("x"), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, data []byte) {
		read, err := sshsig.Read(data)
		for _, s := range read {
			if err == nil && s.Verify("grantree", []byte("never signed")) == nil {
				t.Error("forged")
			}
		}
	})
}
