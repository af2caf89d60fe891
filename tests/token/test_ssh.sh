#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# OpenSSH: logging in, and git's signatures, with keys of the token.

. /in/token/lib.sh

token=ssh
port=2222
types=ecdsa-sha2-nistp256
[ -z "$is_long" ] || types="$types ssh-rsa"

# ssh asks for the PIN through this program where it has no terminal.
cat >askpass <<'END'
#!/bin/sh
cat /tmp/pin
END
chmod 755 askpass
export SSH_ASKPASS="$work/askpass" SSH_ASKPASS_REQUIRE=force DISPLAY=none

start_sshd() {
	mkdir -p /run/sshd /root/.ssh
	chmod 700 /root /root/.ssh
	[ -f host_key ] || ssh-keygen -q -t ed25519 -N '' -f host_key
	cat >sshd_config <<-END
		Port $port
		ListenAddress 127.0.0.1
		HostKey $work/host_key
		PidFile $work/sshd.pid
		AuthorizedKeysFile $work/authorized_keys
		StrictModes no
		UsePAM no
		PasswordAuthentication no
		MaxAuthTries 100
		KexAlgorithms curve25519-sha256
	END
	/usr/sbin/sshd -f sshd_config -E sshd.log && wait_for is_listening $port
}

log_in() {	# ssh's options...
	ssh -v -p $port -F none -o StrictHostKeyChecking=no \
		-o UserKnownHostsFile=/dev/null -o IdentitiesOnly=no "$@" \
		root@127.0.0.1 echo arrived 2>ssh.log | grep -x arrived ||
		{ grep -E 'Offering|accepts|sign|fail' ssh.log |
			tail -n 6 | cut -c1-150 | grep .; false; }
}

shows_its_keys() {
	ssh-keygen -D "$pkcs11" >keys && cat keys || return 1
	for type in $types; do
		grep -q "^$type" keys || return 1
	done
}

agent_logs_in() {
	eval "$(ssh-agent -P "$(realpath "$pkcs11")" 2>/dev/null)" >/dev/null &&
	ssh-add -s "$pkcs11" </dev/null &&
	ssh-add -l && log_in -o PKCS11Provider=none &&
	ssh-add -e "$pkcs11"
	status=$?
	kill "$SSH_AGENT_PID"
	unset SSH_AUTH_SOCK
	return $status
}

one_key() {	# type
	grep "^$1" keys >authorized_keys
}

git_signs() {
	eval "$(ssh-agent -P "$(realpath "$pkcs11")" 2>/dev/null)" >/dev/null
	ssh-add -s "$pkcs11" </dev/null
	grep ecdsa keys | cut -d' ' -f1,2 >signer.pub
	echo "me@example.org $(cat signer.pub)" >signers
	export GIT_CONFIG_GLOBAL="$work/gitconfig"
	git config --global user.name me
	git config --global user.email me@example.org
	git config --global gpg.format ssh
	git config --global user.signingkey "$work/signer.pub"
	git config --global gpg.ssh.allowedSignersFile "$work/signers"
	git init -q repository && cd repository &&
	git commit -q -S --allow-empty -m signed && git verify-commit HEAD
	status=$?
	kill "$SSH_AGENT_PID"
	unset SSH_AUTH_SOCK
	cd "$work" || exit
	return $status
}

claim a_token_is_made new_token $token
claim an_ec_key_is_made new_pair $token EC:prime256v1 login-ec 01
[ -z "$is_long" ] ||
	claim an_rsa_key_is_made new_pair $token rsa:2048 login-rsa 02
claim ssh_keygen_shows_the_keys shows_its_keys
touch authorized_keys
claim sshd_starts start_sshd
for type in $types; do
	one_key "$type"
	claim "ssh_logs_in_with_$type" log_in -I "$pkcs11"
done
claim the_agent_logs_in agent_logs_in
echo >authorized_keys
claim no_other_key_opens_the_door eval "! log_in -I $pkcs11"
claim git_signs_a_commit git_signs
[ ! -f sshd.pid ] || kill "$(cat sshd.pid)"
exit 0
