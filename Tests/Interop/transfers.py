#!/usr/bin/env python3
"""A real wallet library against a running cluster.

Sends signed transfers of types 0, 1 and 2 through the first node, waits for every receipt at the last one, and checks
that balances, nonces and state roots are the same everywhere and that no wei was made or lost.

    starling cluster --json cluster.json &
    python transfers.py cluster.json [COUNT]
"""

import json
import sys
import time

from eth_account import Account
from web3 import Web3
from web3.middleware import ExtraDataToPOAMiddleware

GAS = 21_000
GWEI = 10**9


def connect(url):
    client = Web3(Web3.HTTPProvider(url, request_kwargs={"timeout": 20}))
    # Clique keeps signers and seals in the extra data, which web3.py otherwise finds too long.
    client.middleware_onion.inject(ExtraDataToPOAMiddleware, layer=0)
    assert client.is_connected(), f"no answer from {url}"
    return client


def sign(client, chain_id, account, nonce, kind, recipient, value):
    """A transfer of the given transaction type."""
    fields = {"chainId": chain_id, "nonce": nonce, "gas": GAS, "to": recipient, "value": value}
    if kind == 0:
        fields["gasPrice"] = 20 * GWEI
    elif kind == 1:
        fields |= {"type": 1, "gasPrice": 20 * GWEI, "accessList": []}
    else:
        fields |= {"type": 2, "maxFeePerGas": 30 * GWEI, "maxPriorityFeePerGas": 2 * GWEI}
    return account.sign_transaction(fields)


def wait_for(condition, what, seconds=120):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.2)
    raise AssertionError(f"not within {seconds} s: {what}")


def receipt(client, tx_hash):
    try:
        return client.eth.get_transaction_receipt(tx_hash)
    except Exception as error:  # web3 raises where there is none yet
        if "not found" not in str(error).lower():
            raise
        return None


def burnt(client, last):
    """The base fees of all blocks, which nobody gets (EIP-1559)."""
    blocks = (client.eth.get_block(number) for number in range(1, last + 1))
    return sum(block["baseFeePerGas"] * block["gasUsed"] for block in blocks)


def check_conservation(client, owners, last, issued):
    held = sum(client.eth.get_balance(owner, last) for owner in owners)
    lost = burnt(client, last)
    assert held + lost == issued, f"{held} held and {lost} burnt are not the {issued} issued"
    return lost


def main():
    cluster = json.load(open(sys.argv[1]))
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    clients = [connect(node["rpc"]) for node in cluster["nodes"]]
    first, last_node = clients[0], clients[-1]
    assert first.eth.chain_id == cluster["chainId"]
    print("client", first.client_version, "chain", first.eth.chain_id)

    accounts = [Account.from_key(entry["privateKey"]) for entry in cluster["accounts"]]
    recipients = [Account.create(f"recipient {index}").address for index in range(20)]
    owners = [account.address for account in accounts] + recipients
    owners += [Web3.to_checksum_address(node["signer"]) for node in cluster["nodes"]]
    issued = sum(first.eth.get_balance(owner, 0) for owner in owners)

    nonces = [first.eth.get_transaction_count(account.address) for account in accounts]
    started = time.monotonic()
    sent = []
    for index in range(count):
        who = index % len(accounts)
        recipient = recipients[index % len(recipients)]
        signed = sign(first, cluster["chainId"], accounts[who], nonces[who], index % 3, recipient, 10**15 + index)
        nonces[who] += 1
        sent.append((first.eth.send_raw_transaction(signed.raw_transaction), index % 3, 10**15 + index))
    print(f"sent {count} transfers in {time.monotonic() - started:.1f} s")

    for tx_hash, kind, _ in sent:
        found = wait_for(lambda: receipt(last_node, tx_hash), f"receipt of {tx_hash.hex()}")
        assert found["status"] == 1 and found["gasUsed"] == GAS and found["type"] == kind, dict(found)
    print(f"every receipt is at the last node after {time.monotonic() - started:.1f} s")

    height = max(last_node.eth.get_transaction_receipt(tx)["blockNumber"] for tx, _, _ in sent)
    for client in clients:
        wait_for(lambda: client.eth.block_number >= height, f"block {height} at every node")
    roots = {client.eth.get_block(height)["stateRoot"].hex() for client in clients}
    hashes = {client.eth.get_block(height)["hash"].hex() for client in clients}
    assert len(roots) == 1 and len(hashes) == 1, f"different blocks {height}: {hashes}"
    for owner in owners:
        assert len({client.eth.get_balance(owner, height) for client in clients}) == 1, f"balances of {owner} differ"
    for account, nonce in zip(accounts, nonces):
        found = {client.eth.get_transaction_count(account.address, height) for client in clients}
        assert found == {nonce}, f"nonces of {account.address}: {found}, expected {nonce}"
    received = sum(first.eth.get_balance(recipient, height) for recipient in recipients)
    assert received == sum(value for _, _, value in sent), "the recipients don't have what was sent"
    lost = check_conservation(first, owners, height, issued)
    print(f"block {height}, state root 0x{roots.pop()}: the same at all {len(clients)} nodes")
    print(f"balances plus {lost} wei of burnt fees are what genesis issued")


if __name__ == "__main__":
    main()
