#!/usr/bin/env python3
"""starling and go-ethereum on one chain, over real sockets on loopback.

    STARLING_GETH=PATH-OF-GETH python geth.py PATH-OF-STARLING

Any geth from 1.13 on. What one version can't do is left out, and said: since 1.14 geth neither seals Clique blocks nor
passes blocks on, and must be told each head. docs/INTEROP.md says what was tried besides.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

from eth_account import Account

from transfers import sign, wait_for

CHAIN_ID = 20_260
BLOCKS = 260  # more than one answer of 192 headers
SIGNER = Account.from_key("0x" + "5e" * 32)
RICH = [Account.from_key("0x" + f"{index + 1:02x}" * 32) for index in range(3)]
RECIPIENTS = [f"0x{7000 + index:040d}" for index in range(20)]
RECEIPT_FIELDS = (
    "blockHash blockNumber cumulativeGasUsed effectiveGasPrice from gasUsed logsBloom status to transactionHash "
    "transactionIndex type"
).split()


def genesis(period, signer, **extra):
    """A Clique chain with one signer."""
    forks = "homestead eip150 eip155 eip158 byzantium constantinople petersburg istanbul berlin london"
    return {
        "config": {
            "chainId": CHAIN_ID,
            **{f"{fork}Block": 0 for fork in forks.split()},
            "clique": {"period": period, "epoch": 100},
            **extra,
        },
        "timestamp": "0x6553f100",
        "extraData": "0x" + "00" * 32 + signer.address[2:].lower() + "00" * 65,
        "gasLimit": hex(30_000_000),
        "difficulty": "0x1",
        "baseFeePerGas": hex(10**9),
        "alloc": {account.address[2:].lower(): {"balance": hex(10**24)} for account in RICH},
    }


def free_port():
    """A port that is free for TCP and UDP."""
    while True:
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            try:
                udp.bind(("127.0.0.1", tcp.getsockname()[1]))
            except OSError:
                continue
            return tcp.getsockname()[1]


class Node:
    """A process that answers JSON-RPC."""

    def __init__(self, name, folder):
        self.name = name
        self.folder = os.path.join(folder, name)
        os.makedirs(self.folder, exist_ok=True)
        self.port, self.http = free_port(), free_port()
        self.log = os.path.join(folder, name + ".log")
        self.process = None

    def launch(self, command):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_for(self.is_up, f"{self.name} answers", 30)
        return self

    def is_up(self):
        assert self.process.poll() is None, f"{self.name} has ended:\n{self.tail()}"
        try:
            return bool(self.call("eth_blockNumber"))
        except OSError:
            return False

    def call(self, method, *parameters):
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.http}", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=20) as response:
            answer = json.load(response)
        if "error" in answer:
            raise RuntimeError(f"{self.name} {method}: {answer['error']}")
        return answer["result"]

    def block(self, number="latest"):
        return self.call("eth_getBlockByNumber", number, False)

    @property
    def height(self):
        return int(self.call("eth_blockNumber"), 16)

    @property
    def enode(self):
        return self.call("admin_nodeInfo")["enode"]

    def receipt(self, tx):
        # geth says so while it indexes.
        try:
            return self.call("eth_getTransactionReceipt", tx)
        except RuntimeError:
            return None

    def peers(self):
        return [peer["name"] for peer in self.call("admin_peers")]

    def tail(self):
        with open(self.log, errors="replace") as log:
            return "".join(log.readlines()[-15:])

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Interop:
    def __init__(self, starling, geth, folder):
        self.starling, self.geth, self.folder = starling, geth, folder
        self.nodes = []
        self.started = time.monotonic()
        version = subprocess.run([geth, "version"], capture_output=True, text=True, check=True).stdout
        self.version = re.search(r"^Version: (\S+)", version, re.M).group(1)
        major, minor = (int(part) for part in self.version.split(".")[:2])
        # The last with Clique sealing, eth/68 and blocks that are passed on.
        self.is_old = (major, minor) < (1, 14)

    def ok(self, text):
        print(f"ok   {time.monotonic() - self.started:5.1f} s  {text}", flush=True)

    def write(self, name, content):
        path = os.path.join(self.folder, name)
        with open(path, "w") as file:
            file.write(content if isinstance(content, str) else json.dumps(content))
        return path

    def write_genesis(self, name, period, signer):
        """geth since 1.14 wants a terminal total difficulty, before 1.14 it wants none. It isn't part of the hash."""
        extra = {} if self.is_old else {"terminalTotalDifficulty": 2**63 - 1}
        return self.write(name, genesis(period, signer, **extra))

    def start_starling(self, name, genesis_path, *options):
        node = Node(name, self.folder)
        self.nodes.append(node)
        command = [self.starling, "node", "--genesis", genesis_path, "--datadir", node.folder]
        command += ["--addr", "127.0.0.1", "--port", str(node.port), "--http.port", str(node.http), *options]
        return node.launch(command)

    def start_geth(self, name, genesis_path, *options, bootnodes=""):
        node = Node(name, self.folder)
        self.nodes.append(node)
        subprocess.run([self.geth, "--datadir", node.folder, "init", genesis_path], capture_output=True, check=True)
        # The only way to make geth listen on one address.
        listen = f'[Node.P2P]\nListenAddr = "127.0.0.1:{node.port}"\nBootstrapNodesV5 = []\n'
        config = self.write(name + ".toml", listen)
        command = [self.geth, "--config", config, "--datadir", node.folder, "--networkid", str(CHAIN_ID)]
        command += ["--syncmode", "full", "--nat", "none", "--netrestrict", "127.0.0.0/8", "--bootnodes", bootnodes]
        command += ["--ipcdisable", "--authrpc.port", str(free_port()), "--cache", "128", "--http"]
        command += ["--http.port", str(node.http), "--http.api", "admin,eth,net,debug,txpool", *options]
        if not bootnodes:
            command.append("--nodiscover")
        return node.launch(command)

    def stop(self):
        for node in reversed(self.nodes):
            node.stop()

    # What is checked.

    def send(self, node, account, count):
        """Transfers of the three types; the hashes."""
        nonce = int(node.call("eth_getTransactionCount", account.address, "pending"), 16)
        sent = []
        for index in range(count):
            recipient = RECIPIENTS[index % len(RECIPIENTS)]
            signed = sign(None, CHAIN_ID, account, nonce + index, index % 3, recipient, 10**12 + index)
            sent.append(node.call("eth_sendRawTransaction", "0x" + signed.raw_transaction.hex().removeprefix("0x")))
        return sent

    def check_receipts(self, sent, *nodes):
        for tx in sent:
            for node in nodes:
                wait_for(lambda: node.receipt(tx), f"receipt of {tx} at {node.name}", 30)
        for tx in sent:
            # A branch may have been undone in between.
            def same():
                found = [node.receipt(tx) for node in nodes]
                return all(found) and all(one[field] == found[0][field] for one in found for field in RECEIPT_FIELDS)

            wait_for(same, f"the same receipt of {tx} everywhere", 15)

    def check_same_head(self, node, like, seconds):
        """Waits until `node` has the head of `like`, which may move on."""
        number = like.height
        wait_for(lambda: node.height >= number, f"{node.name} has block {number} of {like.name}", seconds)

        def same():
            one, other = (which.block(hex(number)) for which in (node, like))
            return one["hash"] == other["hash"] and one["stateRoot"] == other["stateRoot"] and one

        block = wait_for(same, f"{node.name} and {like.name} have the same block {number}", 15)
        return f"block {number} {block['hash'][:10]}, state {block['stateRoot'][:10]}"

    def check_probes(self, geth, head):
        def run(*command):
            command = [self.starling, *command]
            return subprocess.run(command, capture_output=True, text=True, check=True, timeout=20).stdout

        text = run("rlpx", "ping", geth.enode)
        for wanted in (f"Geth/v{self.version}", geth.block("0x0")["hash"], head):
            assert wanted in text, f"rlpx ping lacks {wanted}:\n{text}"
        version = re.search(r"^eth version +(\d+)$", text, re.M).group(1)
        fork = re.search(r"fork id +([0-9a-f]{8})", text).group(1)
        assert fork in run("rlpx", "ping", self.nodes[0].enode), "the fork ids differ"
        self.ok(f"rlpx ping: Geth/v{self.version}, eth/{version}, fork id {fork}, head {head[:10]}")
        assert "pong from" in run("discv4", "ping", geth.enode) and "?discport=0" not in geth.enode
        self.ok("discv4 ping: pong and record")

    def run(self):
        print(f"geth {self.version}")
        genesis_path = self.write_genesis("genesis.json", 0, SIGNER)
        key = self.write("signer.key", SIGNER.key.hex().removeprefix("0x"))
        signer = self.start_starling("starling-signer", genesis_path, "--mine", "--miner.key", key)
        sent = []
        while signer.height < BLOCKS:
            sent += self.send(signer, RICH[0], 3)
            wait_for(lambda: signer.receipt(sent[-1]), "the transfers are sealed", 20)
        head = signer.block()
        self.ok(f"starling has sealed {signer.height} blocks with {len(sent)} transfers of types 0, 1 and 2")

        options = [] if self.is_old else ["--synctarget", head["hash"]]
        geth = self.start_geth("geth", genesis_path, *options, bootnodes=signer.enode)
        wait_for(lambda: geth.peers() and signer.peers(), "geth and starling find each other by discovery", 40)
        self.ok("geth, given starling as its bootnode, is a peer")
        self.ok(f"geth has synced from starling: {self.check_same_head(geth, signer, 60)}")
        self.check_receipts(sent[-30:], geth, signer)
        self.ok("the last 30 receipts are the same at both")
        self.check_probes(geth, head["hash"])

        follower = self.start_starling("starling-follower", genesis_path, "--nodiscover", "--staticnodes", geth.enode)
        self.ok(f"another starling has synced from geth: {self.check_same_head(follower, geth, 30)}")
        assert [name for name in follower.peers() if name.startswith("Geth/")] == follower.peers()

        self.check_transactions(geth, signer)
        if self.is_old:
            self.ok(f"geth has followed by itself: {self.check_same_head(geth, signer, 20)}")
            self.ok(f"and the other starling behind geth: {self.check_same_head(follower, geth, 20)}")
            self.run_geth_signer()
        else:
            print("left out: blocks sealed or passed on by geth, which it no longer does")

    def check_transactions(self, geth, signer):
        def tell_head():
            if not self.is_old and geth.height < signer.height:
                geth.call("debug_sync", signer.block()["hash"])
            return geth.height >= signer.height

        for origin, account in ((geth, RICH[1]), (signer, RICH[2])):
            sent = self.send(origin, account, 12)
            for tx in sent:
                wait_for(lambda: signer.receipt(tx), f"{tx} of {origin.name} is sealed", 20)
            wait_for(tell_head, "geth has the new head", 30)
            self.check_receipts(sent, geth, signer)
        self.ok("12 transfers sent to geth and 12 sent to starling are sealed, with the same receipts at both")

    def run_geth_signer(self):
        """geth seals a block a second; two starlings in a row follow."""
        genesis_path = self.write_genesis("genesis-live.json", 1, SIGNER)
        password = self.write("password", "x")
        folder = os.path.join(self.folder, "geth-signer")
        key = os.path.join(self.folder, "signer.key")
        command = [self.geth, "--datadir", folder, "account", "import", "--password", password, key]
        subprocess.run(command, capture_output=True, check=True)
        sealing = ["--mine", "--miner.etherbase", SIGNER.address, "--unlock", SIGNER.address]
        sealing += ["--password", password, "--allow-insecure-unlock"]
        geth = self.start_geth("geth-signer", genesis_path, *sealing)
        first = self.start_starling("starling-first", genesis_path, "--nodiscover", "--staticnodes", geth.enode)
        second = self.start_starling("starling-second", genesis_path, "--nodiscover", "--staticnodes", first.enode)
        # geth accepts transactions of peers once it has sealed.
        wait_for(lambda: second.height >= 3, "blocks come", 30)
        sent = self.send(geth, RICH[0], 9)
        sent += self.send(second, RICH[1], 9)
        self.check_receipts(sent, geth, first, second)
        for node in (first, second):
            wait_for(lambda: node.height >= 12, f"{node.name} follows", 40)
        self.ok(f"starling follows a geth that seals: {self.check_same_head(first, geth, 10)}")
        self.ok(f"and one behind it: {self.check_same_head(second, geth, 10)}; 18 transfers, the same receipts")


def main():
    geth = os.environ.get("STARLING_GETH")
    if not geth:
        print("interop with go-ethereum: skipped, STARLING_GETH doesn't name a geth")
        return
    # So that the nodes are stopped too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))
    folder = tempfile.mkdtemp()
    interop = Interop(sys.argv[1], geth, folder)
    try:
        interop.run()
    except BaseException:
        for node in interop.nodes:
            print(f"--- {node.name}\n{node.tail()}", file=sys.stderr)
        raise
    finally:
        interop.stop()
        shutil.rmtree(folder, ignore_errors=True)
    print(f"interop with geth {interop.version}: passed")


if __name__ == "__main__":
    main()
