# SPDX-License-Identifier: BSD-2-Clause
"""For vm: who loads the guest's kernel, and the disk that it is loaded from."""

import os
import shutil
import subprocess

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
OVMF = "/usr/share/OVMF"
# Not secret: a key that Debian's package ovmf brings for tests.
TEST_KEY = "/usr/share/ovmf/PkKek-1-snakeoil"


class Failure(Exception):
    """What the user is told in one line."""


PROGRAM_MENU = """\
set timeout=0
insmod tpm
search --set=root --file /palisade.elf
menuentry Palisade {{
	multiboot2 /palisade.elf serial=0x3f8 {words} modules={count} \
		os-efi={program} initrd=/initrd {parameters}
{modules}}}
"""


GRUB_MENU = """\
set timeout=0
if [ "$grub_platform" = efi ]; then
	insmod all_video
	insmod tpm
fi
menuentry Palisade {{
	multiboot2 /palisade.elf serial=0x3f8 {words} modules={count}
{modules}	module2 /vmlinuz os {parameters}
	module2 /initrd initrd
}}
"""

ALONE_MENU = """\
set timeout=0
menuentry Linux {{
	set gfxpayload=text
	linux /vmlinuz {parameters}
	initrd /initrd
}}
"""


def place_modules(options, staging):
    """Copy more modules for the hypervisor; returns their lines in the menu."""
    lines = ""
    for module in options.modules:
        role, _, source = module.partition("=")
        shutil.copyfile(source, os.path.join(staging, f"module-{role}"))
        lines += f"\tmodule2 /module-{role} {role}\n"
    return lines


def write_grub_files(options, folder, kernel, parameters):
    """What GRUB reads: its menu, Palisade, Linux.  Returns the folder."""
    staging = os.path.join(folder, "cd")
    os.makedirs(os.path.join(staging, "boot", "grub"))
    stub = os.path.join(TOP, "build", "loader", "grub", "palisade.elf")
    shutil.copyfile(stub, os.path.join(staging, "palisade.elf"))
    os.link(os.path.join(folder, "initrd"), os.path.join(staging, "initrd"))
    shutil.copyfile(kernel, os.path.join(staging, "vmlinuz"))
    menu, count = GRUB_MENU, 2 + len(options.modules)
    if options.program:
        menu, count = PROGRAM_MENU, len(options.modules)
    if options.boot == "grub-alone":
        menu = ALONE_MENU
    with open(os.path.join(staging, "boot", "grub", "grub.cfg"), "w",
              encoding="utf-8") as file:
        file.write(menu.format(words=options.hypervisor_words, count=count,
                               parameters=parameters, program=options.program,
                               modules=place_modules(options, staging)))
    return staging


def keep_boot_files(options, staging):
    if options.boot_files:
        shutil.copytree(staging, options.boot_files, copy_function=os.link,
                        dirs_exist_ok=True)


def write_grub_disk(options, folder, kernel, parameters):
    """A disk that both kinds of firmware boot."""
    staging = write_grub_files(options, folder, kernel, parameters)
    image = os.path.join(folder, "cd.iso")
    keep_boot_files(options, staging)
    run_tool(["grub-mkrescue", "-o", image, staging])
    return image


def write_secure_disk(options, folder, kernel, parameters):
    """A disk for Secure Boot, with all in one FAT file system."""
    staging = write_grub_files(options, folder, kernel, parameters)
    key = os.path.join(folder, "key.pem")
    image = os.path.join(folder, "disk.img")
    for command in (
            ["openssl", "rsa", "-passin", "pass:snakeoil", "-in",
             f"{TEST_KEY}.key", "-out", key],
            [os.path.join(TOP, "loader", "grub", "palisade-sign"),
             "--key", key, "--cert", f"{TEST_KEY}.pem", "--root", staging,
             "--menu", os.path.join(staging, "boot", "grub", "grub.cfg"),
             "--output", os.path.join(staging, "EFI", "BOOT", "BOOTX64.EFI")],
            ["sbsign", "--key", key, "--cert", f"{TEST_KEY}.pem",
             "--output", os.path.join(staging, "signed.efi"), kernel]):
        run_tool(command)
    keep_boot_files(options, staging)
    if options.alter:
        with open(os.path.join(staging, options.alter), "r+b") as file:
            middle = file.seek(0, os.SEEK_END) // 2
            file.seek(middle)
            byte = file.read(1)[0]
            file.seek(middle)
            file.write(bytes([byte ^ 1]))
    write_fat(image, staging)
    return image


def write_fat(image, staging):
    """A disk that UEFI reads without GRUB."""
    for command in (
            ["truncate", "-s", "512M", image],
            ["mformat", "-i", image, "-F", "::"],
            ["mcopy", "-i", image, "-s",
             *(os.path.join(staging, name) for name in os.listdir(staging)),
             "::"]):
        run_tool(command)


def write_program_disk(options, folder, kernel, parameters):
    """A disk that only UEFI boots, and can read."""
    staging = write_grub_files(options, folder, kernel, parameters)
    image = os.path.join(folder, "disk.img")
    program = os.path.join(staging, "EFI", "BOOT", "BOOTX64.EFI")
    os.makedirs(os.path.dirname(program))
    run_tool(["grub-mkstandalone", "-O", "x86_64-efi", "-o", program,
              "--fonts=", "--locales=", "--themes=",
              "--install-modules=fat multiboot2 normal part_msdos search "
              "search_fs_file tpm",
              "boot/grub/grub.cfg=" +
              os.path.join(staging, "boot", "grub", "grub.cfg")])
    keep_boot_files(options, staging)
    write_fat(image, staging)
    return image


def run_tool(command):
    made = subprocess.run(command, capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL)
    if made.returncode:
        raise Failure(f"{os.path.basename(command[0])}: "
                      f"{made.stderr.strip()[-300:]}")


def firmware_arguments(options, folder):
    """UEFI, and a store for its variables that is thrown away."""
    code = f"{OVMF}/OVMF_CODE_4M.fd"
    variables = ("OVMF_VARS_4M.snakeoil.fd" if options.boot == "secure" else
                 "OVMF_VARS_4M.fd")
    store = os.path.join(folder, "variables.fd")
    shutil.copyfile(f"{OVMF}/{variables}", store)
    return ["-drive", f"if=pflash,format=raw,readonly=on,file={code}",
            "-drive", f"if=pflash,format=raw,file={store}"]


def boot_arguments(options, folder):
    """Who loads the kernel, and from where."""
    kernel = os.path.join(TOP, "build", "download", f"kernel-{options.kernel}",
                          "vmlinuz")
    parameters = f"console=ttyS0 panic=-1 {options.append}".strip()
    if options.boot == "kernel":
        return ["-kernel", kernel, "-initrd", os.path.join(folder, "initrd"),
                "-append", parameters]
    # NVMe: reading a CD or a SCSI disk, UEFI gives up by the clock.
    write_disk = (write_secure_disk if options.boot == "secure" else
                  write_program_disk if options.program else write_grub_disk)
    image = write_disk(options, folder, kernel, parameters)
    medium = ["-drive", f"if=none,id=boot,format=raw,readonly=on,file={image}",
              "-device", "nvme,drive=boot,serial=boot,bootindex=0"]
    if options.boot not in ("grub", "grub-alone"):
        medium += firmware_arguments(options, folder)
    return medium
