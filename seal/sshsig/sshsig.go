// Package sshsig makes and reads SSH signatures of texts, in the format of
// "ssh-keygen -Y sign" (OpenSSH's PROTOCOL.sshsig), and the files of allowed signers
// of ssh-keygen(1). Keys are handed in, and so is what a signature draws at random.
package sshsig

import (
	"bytes"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
)

// The words of PROTOCOL.sshsig.
const (
	magic  = "SSHSIG"
	begin  = "-----BEGIN SSH SIGNATURE-----"
	end    = "-----END SSH SIGNATURE-----"
	column = 70 // of the text between them
)

// Signature is a signature as it was read.
type Signature struct {
	Key       ssh.PublicKey
	namespace string
	hash      string
	reserved  string
	blob      ssh.Signature
}

// envelope is what stands in the armour, after the magic word.
type envelope struct {
	Version   uint32
	Key       string
	Namespace string
	Reserved  string
	Hash      string
	Signature string
}

// signed is what is signed, after the magic word.
type signed struct {
	Namespace string
	Reserved  string
	Hash      string
	Digest    string
}

// message is the bytes that are signed for a text.
func message(namespace, reserved, hash string, text []byte) ([]byte, error) {
	var digest []byte
	switch hash {
	case "sha512":
		sum := sha512.Sum512(text)
		digest = sum[:]
	case "sha256":
		digest = sum256(text)
	default:
		return nil, fmt.Errorf("it is made with the hash %q, which is not one of a signature", hash)
	}
	return append([]byte(magic), ssh.Marshal(signed{namespace, reserved, hash, string(digest)})...), nil
}

// Sign signs a text for a namespace. random is what the signature draws from.
func Sign(key ssh.Signer, namespace string, text []byte, random io.Reader) ([]byte, error) {
	b, err := message(namespace, "", "sha512", text)
	if err != nil {
		return nil, err
	}
	var sig *ssh.Signature
	if by, ok := key.(ssh.AlgorithmSigner); ok && key.PublicKey().Type() == ssh.KeyAlgoRSA {
		sig, err = by.SignWithAlgorithm(random, b, ssh.KeyAlgoRSASHA512) // not SHA-1
	} else {
		sig, err = key.Sign(random, b)
	}
	if err != nil {
		return nil, err
	}
	out := append([]byte(magic), ssh.Marshal(envelope{1, string(key.PublicKey().Marshal()), namespace, "", "sha512", string(ssh.Marshal(sig))})...)
	return armoured(out), nil
}

// armoured is bytes as they stand in a file.
func armoured(data []byte) []byte {
	var b bytes.Buffer
	b.WriteString(begin + "\n")
	for line := range slices.Chunk([]byte(base64.StdEncoding.EncodeToString(data)), column) {
		b.Write(line)
		b.WriteByte('\n')
	}
	b.WriteString(end + "\n")
	return b.Bytes()
}

// Read reads the signatures of a file, one after another. Nothing else may stand
// there.
func Read(text []byte) ([]Signature, error) {
	var out []Signature
	rest := strings.TrimSpace(strings.ReplaceAll(string(text), "\r\n", "\n"))
	for rest != "" {
		after, ok := strings.CutPrefix(rest, begin)
		if !ok {
			return nil, errors.New("holds what is no SSH signature")
		}
		body, next, ok := strings.Cut(after, end)
		if !ok {
			return nil, errors.New("is cut off in a signature")
		}
		data, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(body, "\n", ""))
		if err != nil {
			return nil, errors.New("holds a signature that is no base64")
		}
		s, err := parse(data)
		if err != nil {
			return nil, fmt.Errorf("holds a signature that cannot be read: %w", err)
		}
		out, rest = append(out, s), strings.TrimSpace(next)
	}
	if len(out) == 0 {
		return nil, errors.New("is empty")
	}
	return out, nil
}

// parse reads one signature.
func parse(data []byte) (s Signature, err error) {
	data, ok := bytes.CutPrefix(data, []byte(magic))
	var e envelope
	if !ok || ssh.Unmarshal(data, &e) != nil {
		return s, errors.New("it has not the form of one")
	}
	if e.Version != 1 {
		return s, fmt.Errorf("it is of version %d", e.Version)
	}
	if s.Key, err = ssh.ParsePublicKey([]byte(e.Key)); err != nil {
		return s, err
	}
	if err := ssh.Unmarshal([]byte(e.Signature), &s.blob); err != nil {
		return s, err
	}
	s.namespace, s.hash, s.reserved = e.Namespace, e.Hash, e.Reserved
	return s, nil
}

// Verify says why a signature is not one of this text for this namespace, or nil. It
// says nothing of whose key it is.
func (s Signature) Verify(namespace string, text []byte) error {
	if s.namespace != namespace {
		return fmt.Errorf("it is for %q, and not for %q", s.namespace, namespace)
	}
	if _, ok := s.Key.(*ssh.Certificate); ok || slices.Contains([]string{ssh.KeyAlgoRSA, ssh.InsecureKeyAlgoDSA}, s.blob.Format) {
		return fmt.Errorf("it is made with %q, which is not accepted", s.blob.Format)
	}
	b, err := message(s.namespace, s.reserved, s.hash, text)
	if err != nil {
		return err
	}
	if s.Key.Verify(b, &s.blob) != nil {
		return errors.New("it is of another text")
	}
	return nil
}

// Fingerprint names the key, as ssh-keygen -l does.
func (s Signature) Fingerprint() string { return ssh.FingerprintSHA256(s.Key) }
